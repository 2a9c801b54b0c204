package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;

/** A change of settings that was asked for and did not happen; nothing was stored. The message is for the caller. */
public final class SettingChangeException extends RuntimeException {

    /** Why. */
    public enum Cause {
        /** The service was started without stored settings. */
        STORE_OFF,
        /** The store cannot be written by this process. */
        READ_ONLY,
        /** The store could not be reached. */
        STORE_UNAVAILABLE,
        /** The key to be deleted is not stored. */
        NOT_STORED,
        /** The model that the change names could not be loaded; the previous one stays. */
        MODEL_NOT_LOADED,
        /** The change would leave the vector space that must be served. */
        OTHER_SPACE,
        /** The change names a model that stored settings may not name. */
        MODEL_NOT_ALLOWED,
        /** The process is ending. */
        STOPPING
    }

    private final Cause reason;

    public SettingChangeException(Cause reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    public static SettingChangeException storeOff() {
        return new SettingChangeException(
                Cause.STORE_OFF, "Stored settings are switched off; change the environment variables and restart.");
    }

    static SettingChangeException modelNotAllowed(AllowedModels allowed) {
        return new SettingChangeException(
                Cause.MODEL_NOT_ALLOWED,
                "Nothing was changed: model_name must be one of EMBEDDING_ALLOWED_MODELS (" + allowed + ").");
    }

    static SettingChangeException stopping() {
        return new SettingChangeException(Cause.STOPPING, "The service is shutting down.");
    }

    public Cause reason() {
        return reason;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
