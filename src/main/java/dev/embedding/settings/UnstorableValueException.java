package dev.embedding.settings;

/**
 * Thrown when the store cannot hold a value exactly as it was sent; nothing was stored. The message is for the caller.
 */
public final class UnstorableValueException extends RuntimeException {

    private final String key;

    /** @param key of the setting */
    public UnstorableValueException(String key, String message) {
        super(message);
        this.key = key;
    }

    public String key() {
        return key;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
