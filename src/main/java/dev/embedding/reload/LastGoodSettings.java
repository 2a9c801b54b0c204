package dev.embedding.reload;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.settings.AllowedModels;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.StoredRow;
import dev.embedding.settings.StoredSettings;
import dev.embedding.support.FileReplacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/**
 * File with the stored settings that were last in force, so that a replica that starts while the store is unavailable
 * serves the same as the others. Where it cannot be written, this is logged once.
 */
public final class LastGoodSettings {

    private static final Logger LOG = Logger.getLogger(LastGoodSettings.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path file;
    private boolean warned;

    /** @param directory the environment's {@code model_cache_dir} */
    public LastGoodSettings(Path directory, int port) {
        this.directory = directory;
        this.file = directory.resolve("last-good-" + port + ".json");
    }

    void write(List<StoredRow> rows) {
        Map<String, String> texts = new TreeMap<>();
        rows.forEach(row -> {
            if (row.value() != null) {
                texts.put(row.key(), row.value());
            }
        });
        try {
            Files.createDirectories(directory);
            FileReplacement.replace(file, JSON.writeValueAsBytes(texts));
        } catch (IOException failure) {
            if (!warned) {
                LOG.warnf(
                        "%s cannot be written, so a start without the settings' store would use the environment's",
                        file.getFileName());
            }
            warned = true;
        }
    }

    /** The rows that were last in force; empty when there is no file or it is invalid. */
    Optional<List<StoredRow>> read(ServiceSettings environment) {
        try {
            Map<String, String> texts = JSON.readValue(file.toFile(), new TypeReference<>() {});
            if (texts == null) { // the JSON value null
                return Optional.empty();
            }
            List<StoredRow> rows = texts.entrySet().stream()
                    .map(entry -> new StoredRow(entry.getKey(), entry.getValue()))
                    .toList();
            boolean valid = StoredSettings.of(rows, environment, environment, AllowedModels.ALL)
                    .faults()
                    .isEmpty();
            return valid ? Optional.of(rows) : Optional.empty();
        } catch (IOException unusable) {
            if (Files.exists(file)) {
                LOG.warnf("%s is not readable and is ignored", file.getFileName());
            }
            return Optional.empty();
        }
    }
}
