package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the model names that OpenAI's clients may use, and how they are listed. */
class OpenAiNamesIT {

    private static final String MODEL = "BAAI/bge-small-en-v1.5";

    private static ServiceProcess service;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .without("EMBEDDING_CACHE_SIZE") // a text has the same bits whatever it is computed with
                .with("EMBEDDING_MODEL_ALIASES", "text-embedding-3-small,our/model")
                .ready();
        client = service.client();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static Answer request(Map<String, ?> body) {
        return client.postJson("/v1/embeddings", Answer.jsonOf(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BAAI/bge-small-en-v1.5",
                "bge-small-en-v1.5",
                "text-embedding-3-small",
                "our/model",
                "our/model-query",
                "bge-small-en-v1.5-passage",
                "default",
                "baai/BGE-small-en-v1.5",
                "bge-small-en-v1.5:latest"
            })
    void acceptsEachNameOfItsModel(String name) {
        Answer response = request(Map.of("input", "Hello world", "model", name));

        assertThat(OpenAiVectors.of(response).vectors())
                .containsExactly(client.embed("Hello world").vectors().get(0));
        assertThat(response.json().path("model").textValue()).isEqualTo(MODEL);
        assertThat(client.get("/v1/models/" + name).json().path("id").textValue())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text-embedding-ada-002", "BAAI", "model", "-query"})
    void namesTheServedModelWhenAnotherIsRequested(String name) {
        JsonNode error = OpenAiErrors.require(request(Map.of("input", "a", "model", name)), 404);

        assertThat(error.path("code").textValue()).isEqualTo("model_not_found");
        assertThat(error.path("param").textValue()).isEqualTo("model");
        assertThat(error.path("message").textValue()).contains(MODEL).contains("text-embedding-3-small");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/models", "/openai/v1/models"})
    void listsTheModelAndItsAliases(String path) {
        JsonNode list = client.get(path).json();

        assertThat(list.path("object").textValue()).isEqualTo("list");
        assertThat(list.path("data"))
                .map(model -> model.path("id").textValue())
                .containsExactly(MODEL, "text-embedding-3-small", "our/model");
        assertThat(list.path("data")).allSatisfy(model -> {
            assertThat(model.path("object").textValue()).isEqualTo("model");
            assertThat(model.path("created").longValue()).isGreaterThan(1_600_000_000L);
            assertThat(model.path("owned_by").textValue()).isNotBlank();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models/BAAI/bge-small-en-v1.5",
                "/v1/models/BAAI%2Fbge-small-en-v1.5",
                "/models/BAAI%2fbge-small-en-v1.5",
                "/openai/v1/models/BAAI/bge-small-en-v1.5"
            })
    void findsAModelWhoseIdHasASlash(String path) {
        assertThat(client.get(path).json().path("id").textValue()).isEqualTo(MODEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models/other", "/v1/models/BAAI/other", "/v1/models/BAAI%2Fother%20x"})
    void findsNoOtherModel(String path) {
        assertThat(OpenAiErrors.require(client.get(path), 404).path("code").textValue())
                .isEqualTo("model_not_found");
    }
}
