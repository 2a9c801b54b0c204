package dev.embedding.settings;

/** A change that the store takes, but cannot hold as it was sent; nothing was stored. The message is for the caller. */
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
