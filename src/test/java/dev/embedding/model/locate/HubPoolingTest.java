package dev.embedding.model.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.model.FileHashes;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.NoGraphs;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.Precision;
import dev.embedding.model.SpaceFingerprint;
import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.model.hub.FakeHub;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selects the pooling of a hub's models, of which only some files are downloaded. */
class HubPoolingTest {

    private static final String NAME = "org/name";
    private static final String WEIGHTS = "model.safetensors";
    private static final String UNKNOWN =
            "modules.json is missing, and no other file says how token vectors become one";

    private final Path repository;
    private final Path cache;
    private final FileHashes hashes = new FileHashes();

    HubPoolingTest(@TempDir Path repository, @TempDir Path cache) {
        this.repository = repository;
        this.cache = cache;
    }

    @Test
    void findsUnfetchedWeightsAlsoWhenTheHubIsUnreachable() throws IOException {
        ModelCopy.of("plain-transformers", repository);
        Files.writeString(repository.resolve(WEIGHTS), "");
        try (FakeHub hub = hub()) {
            ModelDescription first = locate(hub);

            assertThat(first.poolingSource()).isEqualTo(PoolingSource.DEFAULT);
            assertThat(hub.count("GET", WEIGHTS)).isZero();
        }

        ModelDescription again = locateOffline(Optional.empty());

        assertThat(again.poolingSource()).isEqualTo(PoolingSource.DEFAULT);
        assertThat(again.pooling()).isEqualTo("mean");
    }

    /**
     * A list without sizes cannot be cached, so it must not decide anything that is unknown once the hub is
     * unreachable.
     */
    @Test
    void rejectsAModelWhoseFilesTheCacheCannotListWhateverAMirrorSays() throws IOException {
        ModelCopy.of("plain-transformers", repository);
        Files.writeString(repository.resolve(WEIGHTS), "");
        try (FakeHub hub = hub()) {
            listNamesOnly(hub);
            assertThat(locate(hub, Optional.of(Pooling.MEAN)).pooling()).isEqualTo("mean");

            assertThatThrownBy(() -> locate(hub)).hasMessageContaining(UNKNOWN);
        }
        assertThatThrownBy(() -> locateOffline(Optional.empty())).hasMessageContaining(UNKNOWN);
    }

    @Test
    void followsTheSettingAlsoWhenTheHubIsUnreachable() throws IOException {
        ModelCopy.of("plain-transformers", repository);
        try (FakeHub hub = hub()) {
            assertThatThrownBy(() -> locate(hub)).hasMessageContaining(UNKNOWN);
            ModelDescription first = locate(hub, Optional.of(Pooling.MEAN));
            assertThat(first.poolingSource()).isEqualTo(PoolingSource.SETTING);
        }

        assertThat(locateOffline(Optional.of(Pooling.MEAN)).poolingSource()).isEqualTo(PoolingSource.SETTING);
        assertThatThrownBy(() -> locateOffline(Optional.empty())).hasMessageContaining(UNKNOWN);
    }

    @Test
    void readsThePoolingFileWhereNoModulesAreListed() throws IOException {
        ModelCopy.of("bert-cls-normalize", repository);
        Files.delete(repository.resolve("modules.json"));
        try (FakeHub hub = hub()) {
            ModelDescription first = locate(hub);

            assertThat(first.poolingSource()).isEqualTo(PoolingSource.POOLING_FILE);
            assertThat(first.pooling()).isEqualTo("cls");
        }

        assertThat(locateOffline(Optional.empty()).pooling()).isEqualTo("cls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-modules-bert-cls", "static-path-dot"})
    void findsTheFilesOfEveryLayout(String name) throws IOException {
        ModelCopy.of(name, repository);
        ModelDescription local = NoHub.locator().locate(ModelRequest.of(repository.toString()));
        try (FakeHub hub = hub()) {
            ModelDescription first = locate(hub);

            assertThat(first.poolingSource()).isEqualTo(local.poolingSource());
            assertThat(SpaceFingerprint.of(first, hashes).value(true))
                    .isEqualTo(SpaceFingerprint.of(local, hashes).value(true));
        }

        assertThat(SpaceFingerprint.of(locateOffline(Optional.empty()), hashes).value(true))
                .isEqualTo(SpaceFingerprint.of(local, hashes).value(true));
    }

    @Test
    void rejectsARerankerBeforeItsWeightsAreDownloaded() throws IOException {
        ModelCopy.of("bert-mean-dense-normalize", repository);
        Files.writeString(
                repository.resolve("config_sentence_transformers.json"), "{\"model_type\": \"CrossEncoder\"}");
        try (FakeHub hub = hub()) {
            assertThatThrownBy(() -> locate(hub)).hasMessageContaining("it is a reranker");

            assertThat(hub.count("GET", "onnx/model.onnx")).isZero();
        }
    }

    private FakeHub hub() throws IOException {
        return FakeHub.serving(NAME, repository, Long.MAX_VALUE);
    }

    private void listNamesOnly(FakeHub hub) throws IOException {
        List<Map<String, String>> siblings;
        try (Stream<Path> files = Files.walk(repository)) {
            siblings = files.filter(Files::isRegularFile)
                    .map(file -> Map.of("rfilename", repository.relativize(file).toString()))
                    .toList();
        }
        byte[] response = new ObjectMapper().writeValueAsBytes(Map.of("sha", hub.commit(), "siblings", siblings));
        hub.mood("LIST", "", (exchange, content, time) -> {
            exchange.sendResponseHeaders(200, response.length);
            exchange.getResponseBody().write(response);
            exchange.close();
            return true;
        });
    }

    private ModelDescription locate(FakeHub hub) {
        return locate(hub, Optional.empty());
    }

    private ModelDescription locate(FakeHub hub, Optional<Pooling> pooling) {
        return locate(Map.of("HF_ENDPOINT", hub.endpoint().toString()), pooling);
    }

    private ModelDescription locateOffline(Optional<Pooling> pooling) {
        return locate(Map.of("HF_HUB_OFFLINE", "1"), pooling);
    }

    private ModelDescription locate(Map<String, String> environment, Optional<Pooling> pooling) {
        HubModels models = new HubModels(
                name -> Optional.ofNullable(environment.get(name)), OptionalLong.empty(), DownloadProgress.NONE);
        return models.locate(
                new ModelRequest(
                        NAME, Optional.of(cache), Precision.FP32, Optional.empty(), pooling, "", "", InputLimits.NONE),
                new NoGraphs());
    }
}
