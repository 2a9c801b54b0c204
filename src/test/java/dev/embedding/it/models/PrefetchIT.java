package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.model.hub.FakeHub;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fills the cache with the command, and serves from it without a network. */
class PrefetchIT {

    private static final String MODEL = "some-company/some-model";
    private static final String SMALL = "bert-cls-normalize";

    private final Path cache;

    PrefetchIT(@TempDir Path cache) {
        this.cache = cache;
    }

    @Test
    void fillsTheCacheForAServiceWithoutANetwork() throws IOException {
        try (FakeHub hub = hub();
                ServiceProcess command = from(hub).arguments("prefetch", MODEL).launch()) {
            assertThat(command.exitCode()).as(command.output()).isZero();
            assertThat(command.stdout())
                    .contains(MODEL + " is in the cache: revision " + hub.commit())
                    .doesNotContain("Listening on");
        }
        try (ServiceProcess service =
                offline().with("EMBEDDING_MODEL_NAME", MODEL).ready()) {
            ReferenceVectors reference = ReferenceVectors.ofModel(SMALL, true);
            ReferenceVectors.requireNear(
                    service.client().embed(reference.texts()).vectors().get(0),
                    reference.rows().get(0).vector(),
                    2e-5);
        }
    }

    @Test
    void fetchesTheModelOfTheEnvironmentWithoutANameAndNothingTwice() throws IOException {
        try (FakeHub hub = hub()) {
            try (ServiceProcess command = from(hub)
                    .with("EMBEDDING_MODEL_NAME", MODEL)
                    .arguments("prefetch")
                    .launch()) {
                assertThat(command.exitCode()).as(command.output()).isZero();
            }
            int requests = hub.requests().size();
            try (ServiceProcess command =
                    from(hub).arguments("prefetch", MODEL, MODEL).launch()) {
                assertThat(command.exitCode()).as(command.output()).isZero();
            }

            assertThat(hub.requests().subList(requests, hub.requests().size()))
                    .extracting(FakeHub.Request::path)
                    .noneMatch(path -> path.endsWith("model.onnx"));
        }
    }

    @Test
    void fetchesTheFurtherModelsOfTheEnvironmentToo() throws IOException {
        try (FakeHub hub = hub();
                ServiceProcess command = from(hub)
                        .with("EMBEDDING_MODELS_SMALL_MODEL_NAME", MODEL)
                        .arguments("prefetch")
                        .launch()) {
            assertThat(command.exitCode()).isZero();
            assertThat(command.stdout()).contains("bundled with the service", MODEL + " is in the cache");
        }
    }

    @Test
    void goesOnAfterAFailureAndEndsWithOne() throws IOException {
        try (FakeHub hub = hub();
                ServiceProcess command = from(hub)
                        .arguments("prefetch", "some-company/another-model", "no name", MODEL)
                        .launch()) {
            assertThat(command.exitCode()).isOne();
            assertThat(command.stderr()).contains("some-company/another-model").contains("no name");
            assertThat(command.stdout()).contains(MODEL + " is in the cache");
        }
    }

    @Test
    void hasNothingToFetchOfABundledModel() {
        try (ServiceProcess command = offline().arguments("prefetch").launch()) {
            assertThat(command.exitCode()).as(command.output()).isZero();
            assertThat(command.stdout()).contains("is no model of a hub, but bundled with the service");
        }
    }

    @Test
    void saysWhichCommandsThereAre() {
        try (ServiceProcess command = offline().arguments("fetch", MODEL).launch()) {
            assertThat(command.exitCode()).isOne();
            assertThat(command.stderr()).contains("There is no command fetch").contains("prefetch [org/name");
        }
    }

    private static FakeHub hub() throws IOException {
        return FakeHub.serving(MODEL, ReferenceVectors.MODELS.resolve(SMALL), 50_000);
    }

    private ServiceStart offline() {
        return ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_NORMALIZE", "true")
                .with("HF_HUB_CACHE", cache.toString());
    }

    private ServiceStart from(FakeHub hub) {
        return offline()
                .with("HF_HUB_OFFLINE", "0")
                .with("HF_ENDPOINT", hub.endpoint().toString());
    }
}
