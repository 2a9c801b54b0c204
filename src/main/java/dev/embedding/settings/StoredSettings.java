package dev.embedding.settings;

import dev.embedding.support.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The result of reading stored rows: a complete record of valid settings, and the faults of the rows. For a row with an
 * invalid value, the setting's last good value remains in force; other rows are not affected. A further model that has
 * no last good value is left out.
 *
 * @param settings stored values, and the environment's where nothing is stored
 * @param stored the keys with a good row
 * @param bad the keys with a bad row
 * @param faults bad rows
 * @param warnings sentences about rows without effect
 */
public record StoredSettings(
        ServiceSettings settings,
        Set<SettingKey> stored,
        Set<SettingKey> bad,
        List<Fault> faults,
        List<String> warnings) {

    public StoredSettings {
        stored = Set.copyOf(stored);
        bad = Set.copyOf(bad);
        faults = List.copyOf(faults);
        warnings = List.copyOf(warnings);
    }

    /**
     * Fault of a stored value.
     *
     * @param text a sentence that names key, rule and value
     */
    public record Fault(SettingKey key, String text) {}

    /**
     * Reads rows.
     *
     * @param environment the settings without a row
     * @param lastGood the settings with a bad row
     * @param allowedModels models that a row may name, besides the environment's own
     */
    public static StoredSettings of(
            List<StoredRow> rows, ServiceSettings environment, ServiceSettings lastGood, AllowedModels allowedModels) {
        StoredRowsReader reader = new StoredRowsReader(environment, lastGood, allowedModels);
        rows.forEach(reader::read);
        return reader.result();
    }

    /** Sentences about the faults of a model; those of the process are the default model's. */
    public List<String> faultsOf(String model) {
        return faults.stream()
                .filter(fault -> fault.key().model().equals(model))
                .map(Fault::text)
                .toList();
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

    /** The same of the rows of a further model. */
    public static String contentHash(List<StoredRow> rows, String model) {
        String prefix = SettingKey.prefix(model);
        return contentHash(
                rows.stream().filter(row -> row.key().startsWith(prefix)).toList());
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }
}
