package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the response fields that existing callers and operators read. */
@ExtendWith(SharedService.class)
public class ContractIT {

    private static final String MODEL = "BAAI/bge-small-en-v1.5";

    private final ServiceProcess service;
    private final ServiceClient client;

    ContractIT(ServiceProcess service) {
        this.service = service;
        this.client = service.client();
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private JsonNode get(String path) {
        Answer response = client.get(path);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type").orElseThrow()).startsWith("application/json");
        return response.json();
    }

    @Test
    void rootLinksToTheOtherEndpoints() {
        JsonNode root = get("/");

        assertThat(fields(root)).containsExactly("service", "version", "status", "documentation", "health", "metrics");
        assertThat(root.path("service").textValue()).isEqualTo("embedding-service");
        assertThat(root.path("version").textValue()).isNotBlank();
        assertThat(root.path("status").textValue()).isEqualTo("running");
        assertThat(root.path("documentation").textValue()).isEqualTo("/docs");
        assertThat(root.path("health").textValue()).isEqualTo("/health");
        assertThat(root.path("metrics").textValue()).isEqualTo("/metrics");
    }

    @Test
    void healthIsHealthyOnTheCpuWhenNoGpuIsRequested() {
        JsonNode health = get("/health");

        assertThat(fields(health)).contains("service", "status", "version", "uptime_seconds", "dependencies");
        assertThat(health.path("service").textValue()).isEqualTo("embedding-service");
        assertThat(health.path("status").textValue()).isEqualTo("healthy");
        assertThat(health.path("uptime_seconds").doubleValue()).isPositive();
        JsonNode dependencies = health.path("dependencies");
        assertThat(dependencies).allMatch(JsonNode::isTextual);
        assertThat(dependencies.path("model_loaded").textValue()).isEqualTo("True");
        assertThat(dependencies.path("model_name").textValue()).isEqualTo(MODEL);
        assertThat(dependencies.path("device").textValue()).isEqualTo("cuda");
        assertThat(dependencies.path("device_actual").textValue()).isIn("cpu", "cuda");
        assertThat(dependencies.path("dimension").textValue()).isEqualTo("384");
        assertThat(dependencies.path("database").textValue()).isEqualTo("disabled");
    }

    @Test
    void modelInfoDescribesTheServedModel() {
        JsonNode info = get("/model/info");

        assertThat(info.path("model_name").textValue()).isEqualTo(MODEL);
        assertThat(info.path("device_config").textValue()).isEqualTo("cuda");
        assertThat(info.path("is_loaded").booleanValue()).isTrue();
        assertThat(info.path("normalize_embeddings").booleanValue()).isTrue();
        assertThat(info.path("max_batch_size").intValue()).isEqualTo(32);
        assertThat(info.path("dimension").intValue()).isEqualTo(384);
        assertThat(info.path("load_time_seconds").doubleValue()).isPositive();
        assertThat(info.path("max_input_tokens").intValue()).isEqualTo(512);
        assertThat(info.path("pooling").textValue()).isEqualTo("cls");
        assertThat(info.path("precision").textValue()).isEqualTo("fp32");
        assertThat(info.path("revision").textValue()).isNotBlank();
        assertThat(info.path("fingerprint").textValue()).isNotBlank();
        assertThat(info.has("gpu_memory_allocated_mb"))
                .isEqualTo(info.path("device_actual").textValue().equals("cuda"));
    }

    @Test
    void embedReturnsEveryFieldOfTheContract() {
        JsonNode response = client.embed(List.of("a", "b")).json();

        assertThat(fields(response))
                .contains("embeddings", "model_name", "dimension", "processing_time_ms", "request_id");
        assertThat(response.path("model_name").textValue()).isEqualTo(MODEL);
        assertThat(response.path("dimension").intValue()).isEqualTo(384);
        assertThat(response.path("processing_time_ms").doubleValue()).isPositive();
        assertThat(response.path("tokens").intValue()).isEqualTo(6);
        assertThat(response.path("truncated")).isEmpty();
        assertThat(response.path("truncated").isArray()).isTrue();
        assertThat(response.path("embeddings")).hasSize(2).allMatch(vector -> vector.size() == 384);
    }

    @Test
    void embedSingleReturnsEveryFieldOfTheContract() {
        JsonNode response = client.post("/embed/single?text=Hello%20world").json();

        assertThat(fields(response)).contains("embedding", "dimension", "model_name", "processing_time_ms");
        assertThat(response.path("embedding")).hasSize(384).allMatch(JsonNode::isNumber);
    }

    @Test
    void settingsShowTheEnvironment() {
        JsonNode response = get("/settings");

        JsonNode settings = response.path("settings");
        assertThat(fields(settings))
                .contains(
                        "service_name",
                        "service_version",
                        "host",
                        "port",
                        "model_name",
                        "model_cache_dir",
                        "device",
                        "normalize_embeddings",
                        "max_batch_size",
                        "cors_origins",
                        "use_db_settings");
        assertThat(settings.path("service_name").textValue()).isEqualTo("embedding-service");
        assertThat(settings.path("host").textValue()).isEqualTo("127.0.0.1");
        assertThat(settings.path("port").intValue()).isEqualTo(service.port());
        assertThat(settings.path("model_name").textValue()).isEqualTo(MODEL);
        assertThat(settings.path("model_cache_dir").textValue()).isEqualTo("./model_cache");
        assertThat(settings.path("device").textValue()).isEqualTo("cuda");
        assertThat(settings.path("normalize_embeddings").booleanValue()).isTrue();
        assertThat(settings.path("max_batch_size").intValue()).isEqualTo(32);
        assertThat(settings.path("cors_origins").toString()).isEqualTo("[\"*\"]");
        assertThat(settings.path("precision").textValue()).isEqualTo("fp32");
        for (String unset : List.of("model_file", "pooling", "query_prompt", "document_prompt", "required_space")) {
            assertThat(settings.path(unset).textValue()).as(unset).isEmpty();
        }
        assertThat(settings.path("max_input_tokens").intValue()).isZero();
        assertThat(settings.path("model_aliases").toString()).isEqualTo("[]");
        assertThat(settings.path("dimensions").toString()).isEqualTo("[]");
        assertThat(settings.path("use_db_settings").isBoolean()).isTrue();
        assertThat(settings.path("use_db_settings").booleanValue()).isFalse();
        assertThat(response.path("source").textValue()).isEqualTo("environment");
        assertThat(response.path("notes").toString()).contains("host").contains("port");
        assertThat(response.path("supported_keys"))
                .map(JsonNode::textValue)
                .contains(
                        "cors_origins",
                        "device",
                        "host",
                        "max_batch_size",
                        "model_cache_dir",
                        "model_name",
                        "normalize_embeddings",
                        "port",
                        "precision",
                        "model_file",
                        "pooling",
                        "query_prompt",
                        "document_prompt",
                        "max_input_tokens",
                        "model_aliases",
                        "dimensions",
                        "required_space")
                .isSorted();
    }

    @Test
    void settingsAreNotChangedWithoutAStore() {
        String before = client.get("/settings").text();

        client.postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": 8}")
                .requireError(400);
        client.postJson("/settings/bulk", "{\"settings\": {\"device\": \"cpu\"}}")
                .requireError(400);
        client.send("DELETE", "/settings/device").requireError(400);

        assertThat(client.get("/settings").text()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"started", "ready", "live"})
    void probesAreUp(String probe) {
        JsonNode response = client.get("/q/health/" + probe).json();

        assertThat(response.path("status").textValue()).isEqualTo("UP");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /embed           | POST
            PUT    | /embed           | POST
            GET    | /embed/          | POST
            GET    | /embed/single    | POST
            DELETE | /embed/single    | POST
            POST   | /                | GET
            POST   | /health          | GET
            POST   | /metrics         | GET
            POST   | /model/info      | GET
            PUT    | /settings        | GET, POST
            DELETE | /settings        | GET, POST
            GET    | /settings/bulk   | POST
            GET    | /settings/device | DELETE
            PATCH  | /settings/device | DELETE
            """)
    void wrongMethodsGetTheAllowedOnes(String method, String path, String allowed) {
        Answer response = client.send(method, path);

        response.requireError(405);
        assertThat(response.header("Allow")).contains(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/embed/other", "/model", "/docs/nothing.js", "/q/nothing", "/embed%2Fsingle"})
    void unknownPathsGetARegularError(String path) {
        client.get(path).requireError(404);
        client.postJson(path, "{}").requireError(404);
    }

    @Test
    void aTrailingSlashIsIgnored() {
        assertThat(client.postJson("/embed/", "{\"texts\": [\"a\"]}").vectors()).hasSize(1);
        assertThat(client.postJson("/embed/single/", "\"a\"").vector()).hasSize(384);
        assertThat(client.get("/health/").status()).isEqualTo(200);
        assertThat(client.get("/model/info/").status()).isEqualTo(200);
    }
}
