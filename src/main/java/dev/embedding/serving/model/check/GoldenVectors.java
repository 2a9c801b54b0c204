package dev.embedding.serving.model.check;

import dev.embedding.serving.model.CheckResults;
import dev.embedding.support.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stored vectors of fixed texts, one file per fingerprint, to verify that a model with a known fingerprint still has
 * the same vector space. Results of its other checks are stored beside it. Where no file can be written, both are kept
 * only for the life of the process.
 */
public final class GoldenVectors {

    private static final System.Logger LOG = System.getLogger(GoldenVectors.class.getName());

    private final Path directory;
    private final JsonFiles files;
    private final CheckResults results;
    /** Vectors that could not be written. */
    private final Map<String, float[][]> unwritten = new ConcurrentHashMap<>();

    /** @param directory created by the first write */
    public GoldenVectors(Path directory) {
        this.directory = directory;
        this.files = new JsonFiles(directory);
        this.results = CheckResults.in(files);
    }

    public CheckResults checkResults() {
        return results;
    }

    /** The vectors stored under a fingerprint, in the order of the texts; empty when there are none yet. */
    Optional<List<float[]>> find(String fingerprint) {
        return Optional.ofNullable(unwritten.get(fingerprint))
                .or(() -> files.read(name(fingerprint), float[][].class))
                .map(Arrays::asList)
                .filter(vectors -> !vectors.contains(null));
    }

    void store(String fingerprint, List<float[]> vectors) {
        float[][] values = vectors.toArray(float[][]::new);
        try {
            files.write(name(fingerprint), values);
            unwritten.remove(fingerprint);
        } catch (IOException readOnly) {
            unwritten.put(fingerprint, values);
            LOG.log(
                    System.Logger.Level.INFO,
                    "Vectors of fixed texts cannot be stored in {0}; after a restart they are not compared, but computed"
                            + " again",
                    directory.getFileName());
        }
    }

    private static String name(String fingerprint) {
        return fingerprint + ".json";
    }

    /** Path of a fingerprint's file, relative to the cache directory, for messages. */
    String displayName(String fingerprint) {
        return directory.getFileName() + "/" + name(fingerprint);
    }
}
