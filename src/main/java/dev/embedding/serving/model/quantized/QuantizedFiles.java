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
 * Quantized models on disk: for each key a folder with {@code figures.json}, which names the model beside it by its
 * checksum. Everything is written under another name first, so that replicas may share the directory: whichever is
 * last wins, and any of them finds either nothing or something whole.
 */
final class QuantizedFiles {

    private static final System.Logger LOG = System.getLogger(QuantizedFiles.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIGURES = "figures.json";
    private static final String UNFINISHED = ".tmp";

    /** Making takes minutes at most; what is older was left by a process that was killed. */
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path directory;

    /** @param directory made when something is first written */
    QuantizedFiles(Path directory) {
        this.directory = directory;
    }

    /** Content of {@code figures.json}. */
    private record Entry(
            String sha256, String recipe, int texts, double minCosine, double meanCosine, double recallAt10) {}

    /** What was made under a key, whole and unchanged; empty when it is to be made. */
    Optional<Made> find(String key) {
        Path figures = directory.resolve(key).resolve(FIGURES);
        if (!Files.isRegularFile(figures)) {
            return Optional.empty();
        }
        try {
            Entry entry = JSON.readValue(figures.toFile(), Entry.class);
            Path file = model(key, entry.sha256());
            if (!Sha256.ofFile(file).equals(entry.sha256())) {
                throw new IOException("Its content changed");
            }
            return Optional.of(new Made(
                    file, new Fidelity(entry.texts(), entry.minCosine(), entry.meanCosine(), entry.recallAt10())));
        } catch (IOException | RuntimeException damaged) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The quantized model {0} is damaged and will be made again: {1}",
                    key,
                    damaged.getMessage());
            return Optional.empty();
        }
    }

    /** A new file in the directory, to be written, and then given to {@link #keep}, or deleted. */
    Path temporary() throws IOException {
        Files.createDirectories(directory);
        deleteAbandoned();
        return unfinished();
    }

    private Path unfinished() throws IOException {
        // Not a temporary file of the system's, which none but its owner could read.
        return Files.createFile(directory.resolve("." + UUID.randomUUID() + UNFINISHED));
    }

    private void deleteAbandoned() {
        Instant latest = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(directory, ".*" + UNFINISHED)) {
            for (Path file : unfinished) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(latest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException kept) {
            LOG.log(System.Logger.Level.DEBUG, "What was abandoned stays for now", kept);
        }
    }

    /** @param temporary the finished model; it is moved */
    Made keep(String key, Path temporary, String recipe, Fidelity fidelity) throws IOException {
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
            throw new IllegalArgumentException("It names no model");
        }
        return directory.resolve(key).resolve("model-" + hash.substring(0, 16) + ".onnx");
    }
}
