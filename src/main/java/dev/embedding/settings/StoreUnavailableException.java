package dev.embedding.settings;

/** Thrown when the store of settings cannot be reached or used. The message is for operators and contains no secret. */
public final class StoreUnavailableException extends RuntimeException {

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreUnavailableException(String message) {
        super(message);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
