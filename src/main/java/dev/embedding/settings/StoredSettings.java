package dev.embedding.settings;

import dev.embedding.support.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The result of reading stored rows: a complete record of valid settings, and the faults of the rows. For a row with an
 * invalid value, the key's last good value remains in force; other rows are not affected.
 *
 * @param settings stored values, and the environment's where nothing is stored
 * @param stored the keys with a good row
 * @param bad the keys with a bad row
 * @param faults sentences that name key, rule and value
 */
public record StoredSettings(
        ServiceSettings settings, Set<SettingKey> stored, Set<SettingKey> bad, List<String> faults) {

    public StoredSettings {
        stored = Set.copyOf(stored);
        bad = Set.copyOf(bad);
        faults = List.copyOf(faults);
    }

    /**
     * Reads rows.
     *
     * @param environment the settings for keys without a row
     * @param lastGood the settings for keys with a bad row
     * @param allowedModels models that a row may name, besides the environment's own
     */
    public static StoredSettings of(
            List<StoredRow> rows, ServiceSettings environment, ServiceSettings lastGood, AllowedModels allowedModels) {
        Map<SettingKey, Object> values = new EnumMap<>(environment.values());
        Set<SettingKey> stored = EnumSet.noneOf(SettingKey.class);
        Set<SettingKey> bad = EnumSet.noneOf(SettingKey.class);
        List<String> faults = new ArrayList<>();
        for (StoredRow row : rows) {
            Optional<SettingKey> key = SettingKey.of(row.key());
            if (key.isEmpty()) {
                faults.add(
                        "'" + InvalidSettingException.abbreviated(row.key()) + "' is no setting; its row is ignored");
                continue;
            }
            try {
                Object value = parsed(key.get(), row);
                requireAllowed(key.get(), value, environment, allowedModels);
                values.put(key.get(), value);
                stored.add(key.get());
            } catch (InvalidSettingException fault) {
                values.put(key.get(), Objects.requireNonNull(lastGood.values().get(key.get())));
                bad.add(key.get());
                faults.add(key.get().key() + " " + fault.getMessage());
            }
        }
        return new StoredSettings(ServiceSettings.of(values), stored, bad, faults);
    }

    private static Object parsed(SettingKey key, StoredRow row) {
        if (row.value() == null) {
            throw new InvalidSettingException("must be " + key.rule(), "NULL");
        }
        return key.parse(row.value());
    }

    private static void requireAllowed(
            SettingKey key, Object value, ServiceSettings environment, AllowedModels allowedModels) {
        if (key == SettingKey.MODEL_NAME
                && !value.equals(environment.modelName())
                && !allowedModels.allow(value.toString())) {
            throw new InvalidSettingException(
                    "must be one of EMBEDDING_ALLOWED_MODELS (" + allowedModels + ")", value.toString());
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
