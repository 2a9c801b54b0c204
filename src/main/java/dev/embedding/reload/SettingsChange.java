package dev.embedding.reload;

import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoredRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Change of stored settings that a caller of the API requests.
 *
 * @param values new values as texts; empty to delete the row
 * @param caller for the audit log
 */
record SettingsChange(Map<SettingKey, Optional<String>> values, AuditLog.Source caller) {

    Set<SettingKey> keys() {
        return values.keySet();
    }

    /** The new texts by key, as a store takes them. */
    Map<String, Optional<String>> texts() {
        Map<String, Optional<String>> texts = new HashMap<>();
        values.forEach((key, text) -> texts.put(key.text(), text));
        return texts;
    }

    /** @throws SettingChangeException when a row that is to be deleted is not stored */
    List<StoredRow> applyTo(List<StoredRow> before) {
        List<StoredRow> after = new ArrayList<>(before);
        values.forEach((key, text) -> {
            boolean wasStored = after.removeIf(row -> row.key().equals(key.text()));
            if (text.isEmpty() && !wasStored) {
                throw new SettingChangeException(Cause.NOT_STORED, "The setting " + key + " is not stored.");
            }
            text.ifPresent(value -> after.add(new StoredRow(key.text(), value)));
        });
        return after;
    }

    /**
     * The settings that it concerns, by model: those that it names, and those that have another value then.
     *
     * @param before settings that are stored
     * @param after settings that will be stored
     */
    Map<String, Set<Setting<?>>> concerned(ServiceSettings before, ServiceSettings after) {
        Map<String, Set<Setting<?>>> concerned = new HashMap<>();
        keys().forEach(key ->
                concerned.computeIfAbsent(key.model(), model -> new HashSet<>()).add(key.setting()));
        Map<String, ModelSettings> modelsBefore = before.models();
        Map<String, ModelSettings> modelsAfter = after.models();
        Set<String> ids = new HashSet<>(modelsBefore.keySet());
        ids.addAll(modelsAfter.keySet());
        for (String id : ids) {
            Set<Setting<?>> changed = changed(modelsBefore.get(id), modelsAfter.get(id));
            if (!changed.isEmpty()) {
                concerned.computeIfAbsent(id, model -> new HashSet<>()).addAll(changed);
            }
        }
        return concerned;
    }

    /** A model that comes or goes changes as a whole. */
    private static Set<Setting<?>> changed(@Nullable ModelSettings before, @Nullable ModelSettings after) {
        if (before == null || after == null) {
            return Set.copyOf(Setting.all());
        }
        return before.changedIn(after);
    }
}
