package dev.embedding.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes files of a hub's cache, whose content here is not that of their names. */
class HubFileHashesTest {

    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final String CONTENT = "other content";
    private static final String COMMIT = "c".repeat(40);

    private final Path cache;
    private final Path repository;

    HubFileHashesTest(@TempDir Path cache) throws IOException {
        this.cache = cache.toRealPath();
        this.repository = this.cache.resolve("models--org--name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "onnx/model.onnx"})
    void takesTheNameOfABlobWithoutReadingIt(String path) throws IOException {
        Path file = link(repository.resolve("snapshots/" + COMMIT + "/" + path), blob(repository, HASH));

        assertThat(hash(file)).isEqualTo(HASH);
    }

    @Test
    void takesTheNameAlsoThroughALinkToTheCache(@TempDir Path elsewhere) throws IOException {
        link(snapshotFile(), blob(repository, HASH));
        Path linked = Files.createSymbolicLink(elsewhere.resolve("hub"), cache);

        assertThat(hash(linked.resolve(cache.relativize(snapshotFile())))).isEqualTo(HASH);
    }

    @ParameterizedTest
    @CsvSource({
        "models--org--name/snapshots/main/a, models--org--name",
        "models--org--name/links/cccccccccccccccccccccccccccccccccccccccc/a, models--org--name",
        "models--org--other/snapshots/cccccccccccccccccccccccccccccccccccccccc/a, models--org--name",
        "models--org--name/snapshots/cccccccccccccccccccccccccccccccccccccccc, models--org--name",
        "a, models--org--name",
        "my-models/snapshots/cccccccccccccccccccccccccccccccccccccccc/a, my-models"
    })
    void readsAFileThatIsNotReachedThroughASnapshotOfItsModel(String path, String folder) throws IOException {
        Path file = link(cache.resolve(path), blob(cache.resolve(folder), HASH));

        assertThat(hash(file)).isEqualTo(contentHash());
    }

    @Test
    void readsABlobThatIsNamedItself() throws IOException {
        assertThat(hash(blob(repository, HASH))).isEqualTo(contentHash());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef01234567",
                "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                "W-0123456789abcdef"
            })
    void readsABlobThatIsNotNamedByItsHash(String name) throws IOException {
        assertThat(hash(link(snapshotFile(), blob(repository, name)))).isEqualTo(contentHash());
    }

    @Test
    void readsABlobThatIsALinkOutOfItsFolder(@TempDir Path elsewhere) throws IOException {
        Path target = Files.writeString(elsewhere.resolve(HASH), CONTENT);
        Path blob = link(repository.resolve("blobs").resolve(HASH), target);

        assertThat(hash(link(snapshotFile(), blob))).isEqualTo(contentHash());
    }

    @Test
    void readsAFileOfASnapshotWithoutLinks() throws IOException {
        blob(repository, HASH);
        Path file = Files.createDirectories(snapshotFile().getParent()).resolve(HASH);

        assertThat(hash(Files.writeString(file, CONTENT))).isEqualTo(contentHash());
    }

    private Path snapshotFile() {
        return repository.resolve("snapshots").resolve(COMMIT).resolve("model.onnx");
    }

    private static Path blob(Path repository, String name) throws IOException {
        return Files.writeString(
                Files.createDirectories(repository.resolve("blobs")).resolve(name), CONTENT);
    }

    private static Path link(Path link, Path target) throws IOException {
        Path folder = Files.createDirectories(link.getParent());
        return Files.createSymbolicLink(link, folder.relativize(target));
    }

    private static String hash(Path file) throws IOException {
        return new FileHashes().of(List.of(file)).get(0);
    }

    private String contentHash() throws IOException {
        return Sha256.ofFile(Files.writeString(cache.resolve("content"), CONTENT));
    }
}
