package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Access to the settings in force, and their change while the service runs. */
public interface SettingsControl {

    /** Settings in force, and those of further models that are not served as they are wanted; host and port are as stored,
     * while the listen address is that of the environment. */
    ServiceSettings current();

    /** Keys that have a stored value or one in the environment; the others have defaults. */
    Set<SettingKey> given();

    /** Source of the settings: {@code environment}, {@code file} or {@code database}. */
    String source();

    /**
     * Changes settings: loads and checks the model, stores all changes or none, and completes when they are in force. A
     * disconnected caller does not cancel it.
     *
     * @param changes new values as texts; empty restores the environment's value
     * @param keyId id of the caller's key, for the audit log
     * @return nothing, or a {@link SettingChangeException}
     */
    Uni<Void> change(Map<SettingKey, Optional<String>> changes, Optional<String> keyId);

    /** Health of following the stored settings. */
    SettingsHealth health();
}
