package dev.embedding.reload;

import dev.embedding.settings.SettingKey;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Stored rows and what they mean.
 *
 * @param rows as they are stored
 * @param stored what they mean
 */
record FollowedRows(List<StoredRow> rows, StoredSettings stored) {

    /** Content hash of all rows. */
    String hash() {
        return StoredSettings.contentHash(rows);
    }

    /** Content hash of the rows of a further model. */
    String hashOf(String model) {
        return StoredSettings.contentHash(rows, model);
    }

    /** Ids of the further models that are configured, and of those whose rows are bad. */
    Set<String> furtherModels() {
        Set<String> ids = new TreeSet<>(stored.settings().furtherModels().keySet());
        stored.bad().stream()
                .filter(SettingKey::isOfFurtherModel)
                .map(SettingKey::model)
                .forEach(ids::add);
        return ids;
    }
}
