package dev.embedding.model;

/** A name leads to no model, or to one that is not understood. The message says what to do and names no absolute path. */
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

    /** For operators, in a sentence. */
    public String reason() {
        return reason;
    }
}
