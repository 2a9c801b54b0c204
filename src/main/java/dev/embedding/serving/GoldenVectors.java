package dev.embedding.serving;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The vectors that were seen of fixed texts, by fingerprint, in a file for each: so that a model which claims a vector
 * space of before can be held to it. Where no file can be written they are known as long as the process lives.
 */
public final class GoldenVectors {

    private static final System.Logger LOG = System.getLogger(GoldenVectors.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Far more than the vectors of a few texts can be. */
    private static final long LARGEST_FILE = 16 << 20;

    private final Path directory;
    /** What could not be written. */
    private final Map<String, float[][]> unwritten = new ConcurrentHashMap<>();

    /** @param directory made when something is first written */
    public GoldenVectors(Path directory) {
        this.directory = directory;
    }

    /** The vectors seen under a fingerprint, in the order of the texts; empty when there are none yet. */
    Optional<List<float[]>> seen(String fingerprint) {
        float[][] values = unwritten.get(fingerprint);
        return Optional.ofNullable(values == null ? read(fingerprint) : values).map(Arrays::asList);
    }

    private float @Nullable [][] read(String fingerprint) {
        Path file = file(fingerprint);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new IOException("It is too large");
            }
            float[][] values = JSON.readValue(file.toFile(), float[][].class);
            return values == null || Arrays.asList(values).contains(null) ? null : values;
        } catch (IOException unusable) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be read and is written anew", file.getFileName());
            return null;
        }
    }

    void keep(String fingerprint, List<float[]> vectors) {
        float[][] values = vectors.toArray(float[][]::new);
        Path file = file(fingerprint);
        // Not a temporary file of the system's, which none but its owner could read.
        Path temporary = directory.resolve("." + fingerprint + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(directory);
            try {
                Files.write(temporary, JSON.writeValueAsBytes(values));
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
            unwritten.remove(fingerprint);
        } catch (IOException readOnly) {
            unwritten.put(fingerprint, values);
            LOG.log(
                    System.Logger.Level.INFO,
                    "The vectors of fixed texts cannot be kept in {0}; after a restart they are not compared",
                    directory.getFileName());
        }
    }

    private Path file(String fingerprint) {
        return directory.resolve(fingerprint + ".json");
    }

    /** For people: where a fingerprint's vectors are. */
    String nameOf(String fingerprint) {
        return directory.getFileName() + "/" + fingerprint + ".json";
    }
}
