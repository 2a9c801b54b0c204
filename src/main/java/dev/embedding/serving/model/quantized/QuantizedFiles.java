package dev.embedding.serving.model.quantized;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.infer.quantize.QuantizedFile;
import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
import dev.embedding.support.AbandonedDirectories;
import dev.embedding.support.FileReplacement;
import dev.embedding.support.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Quantized models on disk: for each key a folder with {@code figures.json}, which names the two files of the model
 * beside it by their hashes. All files are written to a temporary folder and renamed, so that replicas may share the
 * directory: the last writer wins, and a reader finds either nothing or a complete model.
 */
final class QuantizedFiles {

    private static final System.Logger LOG = System.getLogger(QuantizedFiles.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIGURES = "figures.json";
    private static final String UNFINISHED = ".tmp";
    private static final String STALE = ".*" + UNFINISHED;

    /** Quantizing takes minutes at most; older temporary files were left by a killed process. */
    private static final Duration MAX_AGE = Duration.ofDays(1);

    private final Path directory;

    /** @param directory created by the first write */
    QuantizedFiles(Path directory) {
        this.directory = directory;
    }

    /** Content of {@code figures.json}. */
    private record Entry(
            String sha256,
            String sha256OfWeights,
            String recipe,
            int texts,
            double minCosine,
            double meanCosine,
            double recallAt10) {}

    /** The quantized model stored under a key, with verified checksum; empty when it must be made. */
    Optional<Made> find(String key) {
        Path figures = directory.resolve(key).resolve(FIGURES);
        if (!Files.isRegularFile(figures)) {
            return Optional.empty();
        }
        try {
            Entry entry = JSON.readValue(figures.toFile(), Entry.class);
            Path file = model(key, entry.sha256());
            requireHash(file, entry.sha256());
            requireHash(weights(key, entry.sha256OfWeights()), entry.sha256OfWeights());
            return Optional.of(new Made(
                    file, new Fidelity(entry.texts(), entry.minCosine(), entry.meanCosine(), entry.recallAt10())));
        } catch (IOException | RuntimeException damaged) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The quantized model {0} is damaged and made again: {1}",
                    key,
                    damaged.getMessage());
            return Optional.empty();
        }
    }

    private static void requireHash(Path file, String hash) throws IOException {
        if (!Sha256.ofFile(file).equals(hash)) {
            throw new IOException("The checksum of " + file.getFileName() + " does not match");
        }
    }

    /**
     * Creates a temporary folder in the directory, in which a model is written and then passed to {@link #store}. The
     * caller deletes what is left of it.
     */
    Path temporary() throws IOException {
        Files.createDirectories(directory);
        deleteStaleFiles();
        AbandonedDirectories.removeOlder(directory, STALE, MAX_AGE);
        // Not Files.createTempDirectory, whose content only the owner can read.
        return Files.createDirectory(directory.resolve("." + UUID.randomUUID() + UNFINISHED));
    }

    private void deleteStaleFiles() {
        Instant oldest = Instant.now().minus(MAX_AGE);
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, STALE)) {
            for (Path file : unfinished) {
                if (Files.isRegularFile(file)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            LOG.log(System.Logger.Level.DEBUG, "Stale temporary files cannot be deleted", failure);
        }
    }

    /** @param temporary the complete model; its files are moved */
    Made store(String key, QuantizedFile temporary, String recipe, Fidelity fidelity) throws IOException {
        String hash = Sha256.ofFile(temporary.graph());
        Path file = model(key, hash);
        Files.createDirectories(directory.resolve(key));
        FileReplacement.rename(temporary.weights(), weights(key, temporary.sha256OfWeights()));
        FileReplacement.rename(temporary.graph(), file);
        Entry entry = new Entry(
                hash,
                temporary.sha256OfWeights(),
                recipe,
                fidelity.texts(),
                fidelity.minCosine(),
                fidelity.meanCosine(),
                fidelity.recallAt10());
        FileReplacement.replace(directory.resolve(key).resolve(FIGURES), JSON.writeValueAsBytes(entry));
        return new Made(file, fidelity);
    }

    private Path model(String key, String hash) {
        return directory.resolve(key).resolve("model-" + shortened(hash) + ".onnx");
    }

    /** The name that the graph has for it. */
    private Path weights(String key, String hash) {
        return directory.resolve(key).resolve(QuantizedFile.nameOfWeights(hash));
    }

    private static String shortened(String hash) {
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("The hash is invalid");
        }
        return hash.substring(0, 16);
    }
}
