package dev.embedding.serving.model.quantized;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
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
 * Quantized models on disk: for each key a folder with {@code figures.json}, which names the model file beside it by
 * its hash. All files are written to a temporary name and renamed, so that replicas may share the directory: the last
 * writer wins, and a reader finds either nothing or a complete model.
 */
final class QuantizedFiles {

    private static final System.Logger LOG = System.getLogger(QuantizedFiles.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIGURES = "figures.json";
    private static final String UNFINISHED = ".tmp";

    /** Quantizing takes minutes at most; older temporary files were left by a killed process. */
    private static final Duration MAX_AGE = Duration.ofDays(1);

    private final Path directory;

    /** @param directory created by the first write */
    QuantizedFiles(Path directory) {
        this.directory = directory;
    }

    /** Content of {@code figures.json}. */
    private record Entry(
            String sha256, String recipe, int texts, double minCosine, double meanCosine, double recallAt10) {}

    /** The quantized model stored under a key, with verified checksum; empty when it must be made. */
    Optional<Made> find(String key) {
        Path figures = directory.resolve(key).resolve(FIGURES);
        if (!Files.isRegularFile(figures)) {
            return Optional.empty();
        }
        try {
            Entry entry = JSON.readValue(figures.toFile(), Entry.class);
            Path file = model(key, entry.sha256());
            if (!Sha256.ofFile(file).equals(entry.sha256())) {
                throw new IOException("The checksum does not match");
            }
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

    /** Creates a temporary file in the directory, to be written and then passed to {@link #store}, or deleted. */
    Path temporary() throws IOException {
        Files.createDirectories(directory);
        deleteStaleFiles();
        return unfinished();
    }

    private Path unfinished() throws IOException {
        // Not Files.createTempFile, whose files only the owner can read.
        return Files.createFile(directory.resolve("." + UUID.randomUUID() + UNFINISHED));
    }

    private void deleteStaleFiles() {
        Instant oldest = Instant.now().minus(MAX_AGE);
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, ".*" + UNFINISHED)) {
            for (Path file : unfinished) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException failure) {
            LOG.log(System.Logger.Level.DEBUG, "Stale temporary files cannot be deleted", failure);
        }
    }

    /** @param temporary the complete model; the file is moved */
    Made store(String key, Path temporary, String recipe, Fidelity fidelity) throws IOException {
        String hash = Sha256.ofFile(temporary);
        Path file = model(key, hash);
        Files.createDirectories(directory.resolve(key));
        FileReplacement.rename(temporary, file);
        Entry entry = new Entry(
                hash, recipe, fidelity.texts(), fidelity.minCosine(), fidelity.meanCosine(), fidelity.recallAt10());
        FileReplacement.replace(directory.resolve(key).resolve(FIGURES), JSON.writeValueAsBytes(entry));
        return new Made(file, fidelity);
    }

    private Path model(String key, String hash) {
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("The hash is invalid");
        }
        return directory.resolve(key).resolve("model-" + hash.substring(0, 16) + ".onnx");
    }
}
