package dev.embedding.serving.model.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.model.Quantization.Fidelity;
import dev.embedding.model.Quantization.Made;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedFilesTest {

    private static final Fidelity FIDELITY = new Fidelity(100, 0.998, 0.9995, 0.97);

    private final Path directory;
    private final QuantizedFiles files;

    QuantizedFilesTest(@TempDir Path directory) {
        this.directory = directory;
        this.files = new QuantizedFiles(directory.resolve("quantized"));
    }

    private Made keep(String key, String content) throws IOException {
        Path temporary = files.temporary();
        Files.writeString(temporary, content);
        return files.keep(key, temporary, "recipe", FIDELITY);
    }

    @Test
    void findsWhatItKeeps() throws IOException {
        Made made = keep("key", "a model");

        assertThat(files.find("key")).contains(made);
        assertThat(made.file()).hasContent("a model");
        assertThat(made.fidelity()).isEqualTo(FIDELITY);
        assertThat(files.find("another")).isEmpty();
    }

    @Test
    void leavesNothingElseBehind() throws IOException {
        keep("key", "a model");

        try (Stream<Path> left = Files.list(directory.resolve("quantized"))) {
            assertThat(left).containsExactly(directory.resolve("quantized").resolve("key"));
        }
    }

    @Test
    void replacesWhatAnotherKept() throws IOException {
        keep("key", "a model");
        Made other = keep("key", "another model");

        assertThat(files.find("key")).contains(other);
        assertThat(other.file()).hasContent("another model");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a mode", "b model", "a model that is longer"})
    void doesNotFindADamagedModelAndKeepsItAgain(String content) throws IOException {
        Made made = keep("key", "a model");
        Files.writeString(made.file(), content);

        assertThat(files.find("key")).isEmpty();
        assertThat(files.find("key")).isEmpty();
        assertThat(keep("key", "a model")).isEqualTo(made);
        assertThat(files.find("key")).contains(made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"sha256\": \"../../etc\"}", "{\"texts\": 3}"})
    void doesNotFindWhatTheFiguresDoNotName(String figures) throws IOException {
        Made made = keep("key", "a model");
        Files.writeString(made.file().resolveSibling("figures.json"), figures);

        assertThat(files.find("key")).isEmpty();
    }

    @Test
    void saysWhenTheDirectoryCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("quantized"), "a file is in the way");

        assertThatThrownBy(() -> files.temporary()).isInstanceOf(IOException.class);
        assertThat(files.find("key")).isEmpty();
    }
}
