package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.model.hub.FakeHub;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Serves models of a hub, from the first request to the vectors. */
class HubModelsIT {

    private static final String MODEL = "some-company/some-model";
    private static final String SMALL = "bert-mean-external-data";
    private static final long LARGE_FROM = 50_000;
    private static final double TOLERANCE = 2e-5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path cache;

    HubModelsIT(@TempDir Path cache) {
        this.cache = cache;
    }

    @Test
    void servesAModelFromTheHubAndThenFromTheCacheAlone() throws IOException {
        String commit;
        try (FakeHub hub = hub();
                ServiceProcess service = from(hub).ready()) {
            commit = hub.commit();
            requireReferenceVectors(service.client());
            JsonNode info = service.client().get("/model/info").json();
            assertThat(info.path("source").textValue()).isEqualTo("hub");
            assertThat(info.path("revision").textValue()).isEqualTo(commit);
            assertThat(hub.requests())
                    .filteredOn(request -> request.method().equals("GET"))
                    .extracting(FakeHub.Request::path)
                    .noneMatch(path -> path.endsWith("expected.json"));
        }
        try (ServiceProcess service =
                configure().with("EMBEDDING_MODEL_NAME", MODEL + "@" + commit).ready()) {
            requireReferenceVectors(service.client());
        }
    }

    @Test
    void reportsTheProgressOfTheDownload() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (FakeHub hub = hub().mood("CDN", "onnx/model.onnx_data", (exchange, content, time) -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content, 0, content.length / 2);
                    exchange.getResponseBody().flush();
                    awaitQuietly(seen);
                    exchange.getResponseBody().write(content, content.length / 2, content.length - content.length / 2);
                    exchange.close();
                    return true;
                });
                ServiceProcess service = from(hub).live()) {
            Await.until(
                    PATIENCE,
                    () -> download(service).matches("loading [1-9][0-9]? %"),
                    () -> "no progress in /health: "
                            + service.client().get("/health").text());
            assertThat(service.client().get("/q/metrics").text())
                    .containsPattern("embedding_model_download_size_bytes [1-9]");
            assertThat(service.client().statusOf("/q/health/ready")).contains(503);

            seen.countDown();
            service.await("/q/health/ready");

            assertThat(download(service)).isEmpty();
            requireReferenceVectors(service.client());
        } finally {
            seen.countDown();
        }
    }

    @Test
    void shutsDownInTimeDuringADownload() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (FakeHub hub = hub().mood("CDN", "onnx/model.onnx_data", (exchange, content, time) -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content, 0, 1);
                    exchange.getResponseBody().flush();
                    awaitQuietly(over);
                    exchange.close();
                    return true;
                });
                ServiceProcess service =
                        from(hub).with("EMBEDDING_SHUTDOWN_TIMEOUT", "10m").live()) {
            Await.until(PATIENCE, () -> !download(service).isEmpty(), () -> "no download");

            assertThat(service.stop()).isIn(0, 143);
        } finally {
            over.countDown();
        }
    }

    @Test
    void keepsTheOldModelAndSaysWhyANewOneCannotBeLoaded() throws IOException {
        try (FakeHub hub = hub().mood("LIST", "", (exchange, content, time) -> {
                    exchange.sendResponseHeaders(401, -1);
                    return true;
                });
                ServiceProcess service = configure()
                        .with("HF_HUB_OFFLINE", "0")
                        .with("HF_ENDPOINT", hub.endpoint().toString())
                        .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                        .ready()) {
            Answer answer =
                    service.client().postJson("/settings", Answer.jsonOf(Map.of("key", "model_name", "value", MODEL)));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.json().path("detail").textValue())
                    .contains("previous model stays active")
                    .contains(MODEL)
                    .contains("401");
            assertThat(service.client().embed("still there").status()).isEqualTo(200);
        }
    }

    private static FakeHub hub() throws IOException {
        return FakeHub.serving(MODEL, ReferenceVectors.MODELS.resolve(SMALL), LARGE_FROM);
    }

    private ServiceStart configure() {
        return ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_NORMALIZE", "true")
                .with("HF_HUB_CACHE", cache.toString());
    }

    private ServiceStart from(FakeHub hub) {
        return configure()
                .with("HF_HUB_OFFLINE", "0")
                .with("HF_ENDPOINT", hub.endpoint().toString())
                .with("EMBEDDING_MODEL_NAME", MODEL);
    }

    private static void requireReferenceVectors(ServiceClient client) {
        ReferenceVectors reference = ReferenceVectors.ofModel(SMALL, true);
        List<float[]> vectors = client.embed(reference.texts()).vectors();
        for (int index = 0; index < vectors.size(); index++) {
            ReferenceVectors.requireNear(
                    vectors.get(index), reference.rows().get(index).vector(), TOLERANCE);
        }
    }

    private static String download(ServiceProcess service) {
        return service.client()
                .get("/health")
                .json()
                .path("dependencies")
                .path("model_download")
                .asText("");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
