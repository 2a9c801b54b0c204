package dev.embedding.reload;

import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.UnstorableValueException;
import java.util.Optional;

/**
 * Reports that a requested change of settings was rejected or failed; nothing was stored. The message is for the
 * caller.
 */
public final class SettingChangeException extends RuntimeException {

    /** Cause of the failure. */
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
        /** The store cannot store a value as it was sent. */
        NOT_STORABLE,
        /** The change would leave the vector space that must be served. */
        SPACE_MISMATCH,
        /** The change names a model that stored settings may not name. */
        MODEL_NOT_ALLOWED,
        /** The change gives two models the same name. */
        NAME_CLASH,
        /** The process is shutting down. */
        STOPPING
    }

    private final Cause reason;
    private final Optional<String> key;

    public SettingChangeException(Cause reason, String detail) {
        this(reason, detail, Optional.empty());
    }

    private SettingChangeException(Cause reason, String detail, Optional<String> key) {
        super(detail);
        this.reason = reason;
        this.key = key;
    }

    static SettingChangeException notStorable(UnstorableValueException refusal) {
        return new SettingChangeException(
                Cause.NOT_STORABLE, "Nothing was changed: " + refusal.reason() + ".", Optional.of(refusal.key()));
    }

    public static SettingChangeException storeOff() {
        return new SettingChangeException(
                Cause.STORE_OFF, "Stored settings are switched off; change the environment variables and restart.");
    }

    static SettingChangeException modelNotAllowed(SettingKey key, AllowedModels allowed) {
        return new SettingChangeException(
                Cause.MODEL_NOT_ALLOWED,
                "Nothing was changed: " + key + " must be one of EMBEDDING_ALLOWED_MODELS (" + allowed + ").",
                Optional.of(key.text()));
    }

    static SettingChangeException clash(SettingKey key, String fault) {
        return new SettingChangeException(
                Cause.NAME_CLASH, "Nothing was changed: " + fault + ".", Optional.of(key.text()));
    }

    static SettingChangeException stopping() {
        return new SettingChangeException(Cause.STOPPING, "The service is shutting down.");
    }

    public Cause reason() {
        return reason;
    }

    /** Key of the setting concerned, if there is one. */
    public Optional<String> key() {
        return key;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
