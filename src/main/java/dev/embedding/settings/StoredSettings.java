package dev.embedding.settings;

import dev.embedding.support.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The result of reading stored rows: a complete record of valid settings, and the faults of the rows. For a row with an
 * invalid value, the setting's last good value remains in force; other rows are not affected.
 *
 * @param settings stored values, and the environment's where nothing is stored
 * @param stored the settings with a good row
 * @param bad the settings with a bad row
 * @param faults sentences that name key, rule and value
 */
public record StoredSettings(
        ServiceSettings settings, Set<Setting<?>> stored, Set<Setting<?>> bad, List<String> faults) {

    public StoredSettings {
        stored = Set.copyOf(stored);
        bad = Set.copyOf(bad);
        faults = List.copyOf(faults);
    }

    /**
     * Reads rows.
     *
     * @param environment the settings without a row
     * @param lastGood the settings with a bad row
     * @param allowedModels models that a row may name, besides the environment's own
     */
    public static StoredSettings of(
            List<StoredRow> rows, ServiceSettings environment, ServiceSettings lastGood, AllowedModels allowedModels) {
        SettingValues.Builder values = environment.values().toBuilder();
        Set<Setting<?>> stored = new HashSet<>();
        Set<Setting<?>> bad = new HashSet<>();
        List<String> faults = new ArrayList<>();
        for (StoredRow row : rows) {
            Optional<Setting<?>> setting = Setting.of(row.key());
            if (setting.isEmpty()) {
                faults.add(
                        "'" + InvalidSettingException.abbreviated(row.key()) + "' is no setting; its row is ignored");
                continue;
            }
            try {
                values.parse(setting.get(), text(setting.get(), row));
                requireAllowed(setting.get(), row, environment, allowedModels);
                stored.add(setting.get());
            } catch (InvalidSettingException fault) {
                values.take(setting.get(), lastGood.values());
                bad.add(setting.get());
                faults.add(setting.get().key() + " " + fault.getMessage());
            }
        }
        return new StoredSettings(new ServiceSettings(values.build()), stored, bad, faults);
    }

    private static String text(Setting<?> setting, StoredRow row) {
        if (row.value() == null) {
            throw new InvalidSettingException("must be " + setting.rule(), "NULL");
        }
        return row.value();
    }

    private static void requireAllowed(
            Setting<?> setting, StoredRow row, ServiceSettings environment, AllowedModels allowedModels) {
        if (!setting.equals(Setting.MODEL_NAME)) {
            return;
        }
        String name = Setting.MODEL_NAME.parse(text(setting, row));
        if (!name.equals(environment.get(Setting.MODEL_NAME)) && !allowedModels.allow(name)) {
            throw new InvalidSettingException("must be one of EMBEDDING_ALLOWED_MODELS (" + allowedModels + ")", name);
        }
    }

    /** SHA-256 of the stored rows, independent of their order: 64 hex digits. */
    public static String contentHash(List<StoredRow> rows) {
        MessageDigest digest = Sha256.digest();
        rows.stream().sorted(Comparator.comparing(StoredRow::key)).forEach(row -> {
            update(digest, row.key());
            update(digest, row.value() == null ? "" : "=" + row.value());
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
