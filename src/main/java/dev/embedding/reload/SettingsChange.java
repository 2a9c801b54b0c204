package dev.embedding.reload;

import dev.embedding.reload.SettingChangeException.Cause;
import dev.embedding.settings.Setting;
import dev.embedding.settings.StoredRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Change of stored settings that a caller of the API requests.
 *
 * @param values new values as texts; empty to delete the row
 * @param caller for the audit log
 */
record SettingsChange(Map<Setting<?>, Optional<String>> values, AuditLog.Source caller) {

    Set<Setting<?>> settings() {
        return values.keySet();
    }

    /** The new texts by key, as a store takes them. */
    Map<String, Optional<String>> texts() {
        Map<String, Optional<String>> texts = new HashMap<>();
        values.forEach((setting, text) -> texts.put(setting.key(), text));
        return texts;
    }

    /** @throws SettingChangeException when a row that is to be deleted is not stored */
    List<StoredRow> applyTo(List<StoredRow> before) {
        List<StoredRow> after = new ArrayList<>(before);
        values.forEach((setting, text) -> {
            boolean wasStored = after.removeIf(row -> row.key().equals(setting.key()));
            if (text.isEmpty() && !wasStored) {
                throw new SettingChangeException(Cause.NOT_STORED, "The setting " + setting.key() + " is not stored.");
            }
            text.ifPresent(value -> after.add(new StoredRow(setting.key(), value)));
        });
        return after;
    }
}
