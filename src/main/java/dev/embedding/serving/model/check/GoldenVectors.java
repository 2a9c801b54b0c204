package dev.embedding.serving.model.check;

import dev.embedding.serving.model.CheckResults;
import dev.embedding.serving.model.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Recorded vectors of fixed texts, a file for each fingerprint, so that a model with a fingerprint of before is
 * compared with them. Beside it lies what else its checks have found. Where no file can be written both are known as
 * long as the process lives.
 */
public final class GoldenVectors {

    private static final System.Logger LOG = System.getLogger(GoldenVectors.class.getName());

    private final Path directory;
    private final JsonFiles files;
    private final CheckResults findings;
    /** What could not be written. */
    private final Map<String, float[][]> unwritten = new ConcurrentHashMap<>();

    /** @param directory made when something is first written */
    public GoldenVectors(Path directory) {
        this.directory = directory;
        this.files = new JsonFiles(directory);
        this.findings = CheckResults.in(files);
    }

    public CheckResults findings() {
        return findings;
    }

    /** The vectors seen under a fingerprint, in the order of the texts; empty when there are none yet. */
    Optional<List<float[]>> seen(String fingerprint) {
        return Optional.ofNullable(unwritten.get(fingerprint))
                .or(() -> files.read(name(fingerprint), float[][].class))
                .map(Arrays::asList)
                .filter(vectors -> !vectors.contains(null));
    }

    void keep(String fingerprint, List<float[]> vectors) {
        float[][] values = vectors.toArray(float[][]::new);
        try {
            files.write(name(fingerprint), values);
            unwritten.remove(fingerprint);
        } catch (IOException readOnly) {
            unwritten.put(fingerprint, values);
            LOG.log(
                    System.Logger.Level.INFO,
                    "The golden vectors cannot be stored in {0}; after a restart the model is not compared with them"
                            + " again",
                    directory.getFileName());
        }
    }

    private static String name(String fingerprint) {
        return fingerprint + ".json";
    }

    /** For people: where a fingerprint's vectors are. */
    String nameOf(String fingerprint) {
        return directory.getFileName() + "/" + name(fingerprint);
    }
}
