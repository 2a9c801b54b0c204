package dev.embedding.serving.model.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.serving.SmallModels;
import dev.embedding.serving.model.LoadedModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GoldenCheckTest {

    private final SmallModels models = new SmallModels();
    private final LoadedModel model = models.load("bert-cls-normalize");
    private final Path directory;
    private final Path file;

    GoldenCheckTest(@TempDir Path parent) {
        this.directory = parent.resolve("golden");
        this.file = directory.resolve(model.fingerprint(true) + ".json");
    }

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @Test
    void acceptsVectorsEqualToTheStoredOnes() throws IOException {
        GoldenCheck.verify(model, new GoldenVectors(directory));

        assertThat(directory).isDirectoryContaining(path -> path.equals(file));
        assertThatCode(() -> GoldenCheck.verify(model, new GoldenVectors(directory)))
                .doesNotThrowAnyException();
    }

    @Test
    void rejectsOtherVectorsUnderTheSameFingerprint() throws IOException {
        GoldenCheck.verify(model, new GoldenVectors(directory));
        ObjectMapper json = new ObjectMapper();
        float[][] seen = json.readValue(file.toFile(), float[][].class);
        seen[1][3] += 0.25f; // found again but for rounding
        json.writeValue(file.toFile(), seen);

        assertThatThrownBy(() -> GoldenCheck.verify(model, new GoldenVectors(directory)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("failed the golden check")
                .hasMessageContaining("differs by 0.2")
                .hasMessageContaining("delete golden/" + file.getFileName())
                .hasMessageNotContaining(directory.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "[[1.0]]", "[[1.0], null, [2.0]]"})
    void ignoresAnInvalidFile(String content) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(file, content);

        assertThatCode(() -> GoldenCheck.verify(model, new GoldenVectors(directory)))
                .doesNotThrowAnyException();
        assertThat(new ObjectMapper().readValue(file.toFile(), float[][].class)).hasDimensions(3, model.dimension());
    }

    @Test
    void acceptsOtherVectorsAfterTheFileIsDeleted() throws IOException {
        GoldenVectors golden = new GoldenVectors(directory);
        GoldenCheck.verify(model, golden);
        Files.writeString(file, Files.readString(file).replaceFirst("[0-9]", "9"));
        assertThatThrownBy(() -> GoldenCheck.verify(model, golden)).hasMessageContaining("delete golden/");

        Files.delete(file);

        assertThatCode(() -> GoldenCheck.verify(model, golden)).doesNotThrowAnyException();
    }

    @Test
    void replacesAFileThatIsTooLarge() throws IOException {
        Files.createDirectories(directory);
        try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
            huge.writeBytes("[[0.5],[0.5],[0.5]]");
            huge.setLength(Integer.MAX_VALUE);
        }

        GoldenCheck.verify(model, new GoldenVectors(directory));

        assertThat(Files.size(file)).isLessThan(1 << 20);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void writesFilesWithThePermissionsOfTheProcess() throws IOException {
        GoldenCheck.verify(model, new GoldenVectors(directory));

        Path any = Files.createFile(directory.resolve("any"));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(any));
    }

    @Test
    void keepsVectorsInMemoryWithoutAFile() throws IOException {
        Files.createFile(directory); // so that no folder can be created there
        GoldenVectors golden = new GoldenVectors(directory);

        GoldenCheck.verify(model, golden);

        assertThat(golden.find(model.fingerprint(true))).isPresent();
    }
}
