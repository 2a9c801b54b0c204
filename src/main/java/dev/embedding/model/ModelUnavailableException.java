package dev.embedding.model;

/** Thrown when a model is not found, or not supported. The message says what to do and contains no absolute path. */
public final class ModelUnavailableException extends RuntimeException {

    private final String reason;

    public ModelUnavailableException(String reason) {
        super(reason);
        this.reason = reason;
    }

    public ModelUnavailableException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** The reason, as a sentence for operators. */
    public String reason() {
        return reason;
    }
}
