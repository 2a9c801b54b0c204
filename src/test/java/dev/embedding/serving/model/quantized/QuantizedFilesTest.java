package dev.embedding.serving.model.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.infer.quantize.QuantizedFile;
import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
import dev.embedding.support.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedFilesTest {

    private static final String WEIGHTS = "weights";
    private static final Fidelity FIDELITY = new Fidelity(100, 0.998, 0.9995, 0.97);

    private final Path directory;
    private final QuantizedFiles files;

    QuantizedFilesTest(@TempDir Path directory) {
        this.directory = directory;
        this.files = new QuantizedFiles(directory.resolve("quantized"));
    }

    private Made store(String key, String content) throws IOException {
        Path temporary = files.temporary();
        Path graph = Files.writeString(temporary.resolve("graph"), content);
        Path weights = Files.writeString(temporary.resolve("weights"), WEIGHTS);
        Made made = files.store(key, new QuantizedFile(graph, weights, Sha256.ofFile(weights)), "recipe", FIDELITY);
        Files.delete(temporary);
        return made;
    }

    @Test
    void findsAStoredModel() throws IOException {
        Made made = store("key", "a model");

        assertThat(files.find("key")).contains(made);
        assertThat(made.file()).hasContent("a model");
        assertThat(made.fidelity()).isEqualTo(FIDELITY);
        assertThat(files.find("another")).isEmpty();
    }

    @Test
    void leavesNoOtherFiles() throws IOException {
        store("key", "a model");

        try (Stream<Path> left = Files.list(directory.resolve("quantized"))) {
            assertThat(left).containsExactly(directory.resolve("quantized").resolve("key"));
        }
    }

    @Test
    void replacesAnEarlierModel() throws IOException {
        store("key", "a model");
        Made other = store("key", "another model");

        assertThat(files.find("key")).contains(other);
        assertThat(other.file()).hasContent("another model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a mode", "b model", "a model that is longer"})
    void ignoresADamagedModelAndStoresItAgain(String content) throws IOException {
        Made made = store("key", "a model");
        Files.writeString(made.file(), content);

        assertThat(files.find("key")).isEmpty();
        assertThat(files.find("key")).isEmpty();
        assertThat(store("key", "a model")).isEqualTo(made);
        assertThat(files.find("key")).contains(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"sha256\": \"../../etc\"}", "{\"texts\": 3}"})
    void ignoresAModelWithoutValidFigures(String figures) throws IOException {
        Made made = store("key", "a model");
        Files.writeString(made.file().resolveSibling("figures.json"), figures);

        assertThat(files.find("key")).isEmpty();
    }

    @Test
    void reportsADirectoryThatCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("quantized"), "a file is in the way");

        assertThatThrownBy(() -> files.temporary()).isInstanceOf(IOException.class);
        assertThat(files.find("key")).isEmpty();
    }
}
