package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.StoredRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastGoodSettingsTest {

    private static final ServiceSettings ENVIRONMENT = SmallService.settings("a/model");
    private static final List<StoredRow> ROWS =
            List.of(new StoredRow("max_batch_size", "7"), new StoredRow("model_name", "b/modèle"));

    private final Path directory;

    LastGoodSettingsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void writesRowsToADirectoryThatItCreates() throws IOException {
        Path cache = directory.resolve("model/cache");

        new LastGoodSettings(cache, 8001).write(ROWS);

        assertThat(new LastGoodSettings(cache, 8001).read(ENVIRONMENT)).contains(ROWS);
        assertThat(new LastGoodSettings(cache, 8002).read(ENVIRONMENT)).isEmpty();
        try (Stream<Path> files = Files.list(cache)) {
            assertThat(files).containsExactly(cache.resolve("last-good-8001.json"));
        }
    }

    @Test
    void replacesEarlierRows() {
        LastGoodSettings lastGood = new LastGoodSettings(directory, 8001);
        lastGood.write(ROWS);

        lastGood.write(List.of());

        assertThat(lastGood.read(ENVIRONMENT)).contains(List.of());
    }

    @Test
    void continuesWhenTheFileCannotBeWritten() throws IOException {
        Path noDirectory = Files.writeString(directory.resolve("file"), "");
        LastGoodSettings lastGood = new LastGoodSettings(noDirectory, 8001);

        lastGood.write(ROWS);
        lastGood.write(ROWS);

        assertThat(lastGood.read(ENVIRONMENT)).isEmpty();
        assertThat(noDirectory).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{\"model_name\": ",
                "{\"model_name\": {}}",
                "{\"model_name\": null}",
                "{\"max_batch_size\": \"many\"}",
                "{\"models.small.max_batch_size\": \"many\"}"
            })
    void ignoresAnInvalidFile(String content) throws IOException {
        Files.writeString(directory.resolve("last-good-8001.json"), content);

        assertThat(new LastGoodSettings(directory, 8001).read(ENVIRONMENT)).isEmpty();
    }
}
