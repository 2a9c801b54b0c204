package dev.embedding.reload;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings in force, and how they are changed while the service runs. */
public interface SettingsControl {

    /** What is in force at this moment; host and port are as stored, the listener's are the environment's. */
    ServiceSettings current();

    /** The settings that somebody gave a value to, here or in the environment; the others are defaults. */
    Set<SettingKey> given();

    /** {@code environment}, {@code file} or {@code database}. */
    String source();

    /**
     * Changes settings: loads and checks what they ask for, stores them, all or none, and answers when they are in
     * force. A caller that goes away does not cancel it.
     *
     * @param changes texts that the keys take; empty goes back to the environment's value
     * @param keyId id of the key that the caller has, for the audit log
     * @return nothing, or a {@link SettingChangeException}
     */
    Uni<Void> change(Map<SettingKey, Optional<String>> changes, Optional<String> keyId);

    /** How well what is stored is followed. */
    SettingsHealth health();
}
