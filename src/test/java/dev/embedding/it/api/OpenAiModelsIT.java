package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.model.layout.ModelCopy;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests OpenAI's embeddings API of services with other settings and models. */
class OpenAiModelsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY = "embedding-key-1";

    private static ServiceStart serving(Path model) {
        return ServiceProcess.configure()
                .without("EMBEDDING_CACHE_SIZE") // a text has the same bits whatever it is computed with
                .with("EMBEDDING_MODEL_NAME", model.toString())
                .with("EMBEDDING_DEVICE", "cpu");
    }

    private static Answer request(ServiceProcess service, Map<String, ?> body, String... headers) {
        return service.client().postJson("/v1/embeddings", Answer.jsonOf(body), headers);
    }

    private static float[] vector(ServiceProcess service, Map<String, ?> body) {
        return OpenAiVectors.of(request(service, body)).vectors().get(0);
    }

    private static float[] embedded(ServiceProcess service, String choice) {
        String body = "{\"texts\": [\"Hello\"], " + choice + "}";
        return service.client().postJson("/embed", body).vectors().get(0);
    }

    @Test
    void choosesPromptsByInputTypeTaskAndTheNamesEnd() {
        try (ServiceProcess service =
                serving(ReferenceVectors.MODELS.resolve("xlmr-mean-prompts")).ready()) {
            float[] query = embedded(service, "\"input_type\": \"query\"");
            float[] document = embedded(service, "\"input_type\": \"document\"");
            float[] passage = embedded(service, "\"prompt_name\": \"passage\"");
            String model = "xlmr-mean-prompts";

            assertThat(query).isNotEqualTo(document);
            assertThat(passage).isNotEqualTo(document);
            assertThat(vector(service, Map.of("input", "Hello", "model", model + "-query")))
                    .isEqualTo(query);
            assertThat(vector(service, Map.of("input", "Hello", "model", model + "-passage")))
                    .isEqualTo(passage);
            assertThat(vector(service, Map.of("input", "Hello", "input_type", "query")))
                    .isEqualTo(query);
            assertThat(vector(service, Map.of("input", "Hello", "input_type", "passage")))
                    .isEqualTo(passage);
            assertThat(vector(service, Map.of("input", "Hello", "task", "retrieval.query")))
                    .isEqualTo(query);
            assertThat(vector(service, Map.of("input", "Hello", "prompt_name", "passage", "input_type", "query")))
                    .isEqualTo(passage);
            assertThat(vector(service, Map.of("input", "Hello", "model", model + "-query", "input_type", "document")))
                    .isEqualTo(document);
            JsonNode error = OpenAiErrors.require(
                    request(service, Map.of("input", new int[] {0, 5, 2}, "input_type", "query")), 400);
            assertThat(error.path("message").textValue()).contains("prompt");
        }
    }

    @Test
    void rejectsTokenIdsOfModelsWithoutSpecialTokens() {
        try (ServiceProcess service =
                serving(ReferenceVectors.MODELS.resolve("static-embedding")).ready()) {
            JsonNode error = OpenAiErrors.require(request(service, Map.of("input", new int[] {5, 6})), 400);

            assertThat(error.path("message").textValue())
                    .contains("puts no special tokens")
                    .contains("check_embedding_ctx_length=False");
            assertThat(vector(service, Map.of("input", "Hello"))).hasSizeGreaterThan(1);
        }
    }

    @Test
    void truncatesToTheDimensionsThatAModelDeclares(@TempDir Path directory) throws IOException {
        ModelCopy.of("distilbert-mean", directory);
        File config = directory.resolve("config.json").toFile();
        ObjectMapper json = new ObjectMapper();
        ObjectNode changed = (ObjectNode) json.readTree(config);
        changed.putArray("matryoshka_dimensions").add(16).add(8);
        json.writeValue(config, changed);
        try (ServiceProcess service =
                serving(directory).with("EMBEDDING_NORMALIZE", "false").ready()) {
            float[] whole = vector(service, Map.of("input", "Hello"));

            float[] cut = vector(service, Map.of("input", "Hello", "dimensions", 8));

            assertThat(cut).isEqualTo(Arrays.copyOf(whole, 8)); // nothing is normalised here
            OpenAiErrors.require(request(service, Map.of("input", "Hello", "dimensions", 9)), 400);
            assertThat(service.client()
                            .get("/model/info")
                            .json()
                            .path("dimensions")
                            .toString())
                    .isEqualTo("[8,16]");
        }
    }

    @Test
    void requiresAKeyAndASmallBodyWhereConfigured() {
        try (ServiceProcess service = serving(ReferenceVectors.MODELS.resolve("bert-max"))
                .with("EMBEDDING_API_KEYS", KEY)
                .with("EMBEDDING_MAX_BODY_SIZE", "64K")
                .ready()) {
            Map<String, String> body = Map.of("input", "Hello");

            JsonNode none = OpenAiErrors.require(request(service, body), 401);
            OpenAiErrors.require(request(service, body, "Authorization", "Bearer sk-other"), 401);
            OpenAiErrors.require(service.client().get("/v1/models"), 401);

            assertThat(none.path("code").textValue()).isEqualTo("invalid_api_key");
            Answer large = request(service, Map.of("input", "a".repeat(100_000)), "Authorization", "Bearer " + KEY);
            assertThat(OpenAiErrors.require(large, 413).path("code").textValue())
                    .isEqualTo("request_too_large");
            assertThat(request(service, body, "Authorization", "Bearer " + KEY).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void sendsRetryAfterWhenOverloaded() {
        try (ServiceProcess service = ServiceProcess.configure()
                .with("EMBEDDING_MAX_BATCH_WAIT", "1s")
                .ready()) {
            CompletableFuture<Answer> ingest =
                    service.client().embedLater(GeneratedTexts.of(400, 400, 3), "X-Request-Timeout-Ms", "60000");
            Await.until(PATIENCE, () -> service.client().meter("embedding_queue_tokens") > 20_000, () -> "None waits");

            Answer refused = request(service, Map.of("input", GeneratedTexts.of(400, 5, 4)));

            JsonNode error = OpenAiErrors.require(refused, 429);
            assertThat(error.path("code").textValue()).isEqualTo("rate_limit_exceeded");
            assertThat(refused.header("x-should-retry")).contains("true");
            long millis = Long.parseLong(refused.header("retry-after-ms").orElseThrow());
            assertThat(refused.header("Retry-After")).contains(Long.toString((millis + 999) / 1_000));
            Answer late = request(service, Map.of("input", GeneratedTexts.of(1, 400, 5)), "X-Request-Timeout-Ms", "1");
            assertThat(OpenAiErrors.require(late, 504).path("type").textValue()).isEqualTo("server_error");
            assertThat(late.header("x-should-retry")).contains("false");
            ingest.cancel(true);
        }
    }

    @Test
    void hasNoModelsBeforeOneIsLoaded(@TempDir Path directory) {
        try (ServiceProcess service = serving(directory.resolve("none")).live()) {
            for (Answer response :
                    List.of(service.client().get("/v1/models"), request(service, Map.of("input", "Hello")))) {
                assertThat(OpenAiErrors.require(response, 503).path("code").textValue())
                        .isEqualTo("unavailable");
                assertThat(response.header("x-should-retry")).contains("true");
            }
        }
    }

    @Test
    void appliesAliasesAndDimensionsWithoutReload() throws IOException {
        try (ServiceProcess service = serving(ReferenceVectors.MODELS.resolve("bert-max"))
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                .file("settings.json", "{}")
                .ready()) {
            Map<String, ?> body = Map.of("input", "Hello", "model", "text-embedding-3-small", "dimensions", 8);
            OpenAiErrors.require(request(service, body), 404);

            Files.writeString(
                    service.directory().resolve("settings.json"),
                    "{\"model_aliases\": [\"text-embedding-3-small\"], \"dimensions\": [8]}");

            Await.until(PATIENCE, () -> request(service, body).status() == 200, () -> "Still unknown");
            assertThat(vector(service, body)).hasSize(8);
        }
    }
}
