package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.http.CorsIT;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes settings while the service runs, and checks the responses, the settings in force and the stored ones. */
class SettingsIT {

    private static final String FILE = "settings.json";
    private static final String MODEL = "BAAI/bge-small-en-v1.5";

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .file(FILE, "{}")
                .with("EMBEDDING_SETTINGS_FILE", FILE)
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void storeNothing() {
        for (JsonNode key : snapshot().path("supported_keys")) {
            if (!key.textValue().equals("models.<id>.<key>")) {
                assertThat(delete(key.textValue()).status()).isIn(200, 404);
            }
        }
    }

    @Test
    void showsTheSourceOfEachSetting() {
        assertThat(snapshot().path("source").textValue()).isEqualTo("file");
        assertThat(setting("use_db_settings").isBoolean()).isTrue();
        assertThat(setting("use_db_settings").booleanValue()).isFalse();
        assertThat(snapshot().path("notes").toString()).contains("host").contains("port");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            max_batch_size       | 64                             | 64
            max_batch_size       | "16"                           | 16
            max_batch_size       | " 8 "                          | 8
            normalize_embeddings | false                          | false
            normalize_embeddings | "no"                           | false
            normalize_embeddings | "Yes"                          | true
            cors_origins         | ["https://a"]                  | ["https://a"]
            cors_origins         | "https://a, https://b"         | ["https://a","https://b"]
            cors_origins         | "[\\"https://a\\"]"            | ["https://a"]
            port                 | 9000                           | 9000
            host                 | "127.0.0.2"                    | "127.0.0.2"
            query_prompt         | "query: "                      | "query: "
            document_prompt      | ""                             | ""
            model_aliases        | ["a", "b/c"]                   | ["a","b/c"]
            model_aliases        | ""                             | []
            dimensions           | [256, 128]                     | [128,256]
            dimensions           | "64,128"                       | [64,128]
            """)
    void acceptsEachFormOfAValue(String key, String value, String inForce) {
        Answer answer = change(key, value);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(snapshot());
        assertThat(setting(key)).hasToString(inForce);
        assertThat(service.directory().resolve(FILE)).content().contains(key);
    }

    @Test
    void changesSeveralSettingsAtOnce() {
        Answer answer = changeAll("{\"max_batch_size\": 4, \"cors_origins\": \"https://a\"}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(snapshot());
        assertThat(setting("max_batch_size").intValue()).isEqualTo(4);
        assertThat(setting("cors_origins")).hasToString("[\"https://a\"]");
    }

    @Test
    void changesNothingWhenOneOfSeveralIsBad() {
        JsonNode before = snapshot();

        assertThat(changeAll("{\"max_batch_size\": 4, \"device\": \"gpu\", \"port\": 7, \"nothing\": 1}")
                        .requireFaults())
                .containsExactlyInAnyOrder(
                        "body.settings value_error",
                        "body.settings.device value_error",
                        "body.settings.port value_error");

        assertThat(snapshot()).isEqualTo(before);
        delete("max_batch_size").requireError(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"key": "nothing", "value": 1}                   | body.key value_error
            {"key": "max_batch_size", "value": 0}            | body.value value_error
            {"key": "max_batch_size", "value": null}         | body.value value_error
            {"key": "max_batch_size"}                        | body.value missing
            {"value": 8}                                     | body.key missing
            []                                               | body model_attributes_type
            {"key": "max_batch_size"                         | body.24 json_invalid
            """)
    void rejectsAChangeThatBreaksTheRules(String body, String fault) {
        JsonNode before = snapshot();

        assertThat(post("/settings", body).requireFaults()).containsExactly(fault);

        assertThat(snapshot()).isEqualTo(before);
    }

    @Test
    void rejectsAValueThatIsTooLongToBeStored() {
        assertThat(change("model_name", "\"" + "a".repeat(2_049) + "\"").requireFaults())
                .containsExactly("body.value too_long");

        assertThat(setting("model_name").textValue()).isEqualTo(MODEL);
    }

    @Test
    void rejectsBodiesThatAreNotJson() {
        assertThat(service.client().post("/settings").requireFaults()).containsExactly("body missing");
        assertThat(service.client().post("/settings/bulk").requireFaults()).containsExactly("body missing");
        byte[] notUtf8 = {'"', (byte) 0xFF, '"'};
        assertThat(service.client().postJson("/settings", notUtf8).requireFaults())
                .containsExactly("body.1 json_invalid");
        service.client()
                .send("POST", "/settings", BodyPublishers.ofString("key=port"), "Content-Type", "text/plain")
                .requireError(415);
    }

    @Test
    void restoresTheEnvironmentsValue() {
        change("max_batch_size", "64");

        Answer answer = delete("max_batch_size");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(snapshot());
        assertThat(setting("max_batch_size").intValue()).isEqualTo(32);
        assertThat(service.directory().resolve(FILE)).content().doesNotContain("max_batch_size");
        delete("max_batch_size").requireError(404);
    }

    @Test
    void anEmptyValueMeansNoneUntilItIsDeleted() {
        try (ServiceProcess prompted = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", FILE)
                .with(
                        "EMBEDDING_MODEL_NAME",
                        ReferenceModel.of("bert-cls-normalize").directory().toString())
                .with("EMBEDDING_QUERY_PROMPT", "query: ")
                .ready()) {
            assertThat(Following.setting(prompted, "query_prompt").textValue()).isEqualTo("query: ");

            Answer none = prompted.client().postJson("/settings", "{\"key\": \"query_prompt\", \"value\": \"\"}");
            assertThat(none.status()).as(none.text()).isEqualTo(200);
            assertThat(none.json().path("settings").path("query_prompt").textValue())
                    .isEmpty();
            assertThat(prompted.directory().resolve(FILE)).content().contains("\"query_prompt\" : \"\"");

            assertThat(prompted.client()
                            .send("DELETE", "/settings/query_prompt")
                            .status())
                    .isEqualTo(200);
            assertThat(Following.setting(prompted, "query_prompt").textValue()).isEqualTo("query: ");
        }
    }

    @Test
    void readsTheKeyOfAPathThatIsEncoded() {
        change("max_batch_size", "64");

        assertThat(delete("max%5Fbatch%5Fsize").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "PORT", "%20", "service_name"})
    void deletesNoUnsupportedKey(String key) {
        assertThat(delete(key).requireFaults()).containsExactly("path.key value_error");
    }

    @Test
    void allowsOtherOriginsAtOnce() {
        change("cors_origins", "[\"https://a.example\"]");

        Answer allowed = service.client().get("/health", "Origin", "https://a.example");
        Answer foreign = service.client().get("/health", "Origin", "https://b.example");

        CorsIT.requireAllowed(allowed, "https://a.example");
        assertThat(foreign.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(CorsIT.preflight(service.client(), "https://b.example").status())
                .isEqualTo(400);
    }

    @Test
    void showsTheBatchSizeOfTheModelAtOnce() {
        change("max_batch_size", "2");

        assertThat(modelInfo().path("max_batch_size").intValue()).isEqualTo(2);
        assertThat(service.client().embed(List.of("a", "b", "c", "d", "e")).vectors())
                .hasSize(5);
    }

    @Test
    void servesANewModelBeforeItResponds() {
        ReferenceModel model = ReferenceModel.of("bert-cls-normalize");

        Answer answer = change("model_name", Answer.jsonOf(model.directory().toString()));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(service.client().embed("a text").vectors().get(0)).hasSize(model.dimension());
        assertThat(modelInfo().path("model_name").textValue())
                .isEqualTo(model.directory().toString());
        assertThat(dependency("dimension")).isEqualTo(Integer.toString(model.dimension()));
        assertThat(dependency("model_name")).isEqualTo(model.directory().toString());
        assertThat(delete("model_name").status()).isEqualTo(200);
        assertThat(service.client().embed("a text").vectors().get(0)).hasSize(384);
    }

    @Test
    void normalisesFromTheNextRequestOn() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        change("model_name", Answer.jsonOf(model.directory().toString()));
        String normalized = modelInfo().path("fingerprint").textValue();

        assertThat(change("normalize_embeddings", "false").status()).isEqualTo(200);

        List<float[]> vectors = service.client().embed(model.texts()).vectors();
        for (int index = 0; index < vectors.size(); index++) {
            ReferenceVectors.requireNear(
                    vectors.get(index), model.vectors(false).get(index), model.tolerance());
        }
        assertThat(modelInfo().path("normalize_embeddings").booleanValue()).isFalse();
        assertThat(modelInfo().path("fingerprint").textValue()).isNotEqualTo(normalized);
        change("normalize_embeddings", "true");
        assertThat(ReferenceVectors.norm(
                        service.client().embed(model.texts()).vectors().get(0)))
                .isCloseTo(1.0, within(1e-5));
        assertThat(modelInfo().path("fingerprint").textValue()).isEqualTo(normalized);
    }

    @Test
    void keepsThePreviousModelWhenTheNewOneCannotBeLoaded() {
        JsonNode before = snapshot();
        String served = modelInfo().path("fingerprint").textValue();

        JsonNode error = changeAll("{\"model_name\": \"./no-such-model\", \"max_batch_size\": 4}")
                .requireError(500);

        assertThat(error.path("detail").textValue())
                .contains("./no-such-model")
                .containsPattern("(?i)previous model stays");
        assertThat(snapshot()).isEqualTo(before);
        assertThat(modelInfo().path("fingerprint").textValue()).isEqualTo(served);
        assertThat(service.client().embed("a text").vectors().get(0)).hasSize(384);
        assertThat(service.client().get("/health").json().path("status").textValue())
                .isEqualTo("healthy");
        assertThat(service.directory().resolve(FILE)).content().doesNotContain("model_name", "max_batch_size");
        delete("model_name").requireError(404);
        delete("max_batch_size").requireError(404);
    }

    @Test
    void keepsAChangeWhoseCallerDisconnected() throws IOException {
        ReferenceModel model = ReferenceModel.of("bert-cls-normalize");
        String body = Answer.jsonOf(
                Map.of("key", "model_name", "value", model.directory().toString()));

        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /settings", "Content-Type: application/json", "Content-Length: " + body.length());
            connection.send(body);
        }

        Await.until(
                Duration.ofSeconds(30),
                () -> setting("model_name").textValue().equals(model.directory().toString()),
                () -> "The change was lost: " + snapshot());
        assertThat(service.client().embed("a text").vectors().get(0)).hasSize(model.dimension());
    }

    private static Answer change(String key, String json) {
        return post("/settings", "{\"key\": \"" + key + "\", \"value\": " + json + "}");
    }

    private static Answer changeAll(String settings) {
        return post("/settings/bulk", "{\"settings\": " + settings + "}");
    }

    private static Answer post(String path, String json) {
        return service.client().postJson(path, json);
    }

    private static Answer delete(String key) {
        return service.client().send("DELETE", "/settings/" + key);
    }

    private static JsonNode snapshot() {
        return service.client().get("/settings").json();
    }

    private static JsonNode setting(String key) {
        return snapshot().path("settings").path(key);
    }

    private static JsonNode modelInfo() {
        return service.client().get("/model/info").json();
    }

    private static String dependency(String name) {
        return service.client()
                .get("/health")
                .json()
                .path("dependencies")
                .path(name)
                .textValue();
    }
}
