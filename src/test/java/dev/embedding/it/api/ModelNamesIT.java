package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what a name of a model means where one model is served. */
@ExtendWith(SharedService.class)
class ModelNamesIT {

    private final ServiceClient client;

    ModelNamesIT(ServiceProcess service) {
        client = service.client();
    }

    private float[] expected() {
        return client.embed("Hello world").vectors().get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"default\"",
                "\"BAAI/bge-small-en-v1.5\"",
                "\"bge-small-en-v1.5:latest\"",
                "\"text-embedding-3-small\"",
                "\"\"",
                "\" \\u00a0\"",
                "\"\\u0000\\n\\u001b[31m\"",
                "\"\\ud800\"",
                "\"-query\"",
                "null",
                "7",
                "-0.5",
                "1e999",
                "NaN",
                "true",
                "[]",
                "[[\"default\"], {\"texts\": []}]",
                "{\"texts\": [7], \"text\": null}"
            })
    void isOfTheModelOrIgnoredInTheServicesOwnDialect(String name) {
        String model = "\"model\": " + name;

        assertThat(client.postJson("/embed", "{" + model + ", \"texts\": [\"Hello world\"]}")
                        .vectors())
                .containsExactly(expected());
        assertThat(client.postJson("/embed/single", "{\"text\": \"Hello world\", " + model + "}")
                        .vector())
                .isEqualTo(expected());
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "nope", "", "%20", "%00", "%F0%9F%98%80", "a&model=b", "a;b"})
    void isOfTheModelOrIgnoredInTheQuery(String name) {
        assertThat(client.post("/embed/single?model=" + name + "&text=Hello%20world")
                        .vector())
                .isEqualTo(expected());
        assertThat(client.postJson("/embed/single?model=" + name, "{\"text\": \"Hello world\", \"model\": \"x\"}")
                        .vector())
                .isEqualTo(expected());
    }

    @Test
    void maySelectThePromptForQueries() {
        float[] query = client.postJson("/embed", "{\"texts\": [\"Hello world\"], \"input_type\": \"query\"}")
                .vectors()
                .get(0);

        assertThat(client.postJson("/embed/single?model=default-query", "\"Hello world\"")
                        .vector())
                .isEqualTo(query);
        assertThat(client.postJson("/embed", "{\"texts\": [\"Hello world\"], \"model\": \"bge-small-en-v1.5-query\"}")
                        .vectors())
                .containsExactly(query);
    }

    @Test
    void ofAMegabyteIsIgnoredAsAnyOther() {
        String name = "x".repeat(1 << 20);

        assertThat(client.postJson("/embed", "{\"model\": \"" + name + "\", \"texts\": [\"Hello world\"]}")
                        .vectors())
                .containsExactly(expected());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nope",
                "\\ud800",
                "\\udc00a\\ud800",
                "\\u0000\\r\\n",
                "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
                "a😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"
            })
    void isRefusedByOpenAisApiWhenItIsUnknown(String name) {
        JsonNode error = OpenAiErrors.require(
                client.postJson("/v1/embeddings", "{\"input\": \"a\", \"model\": \"" + name + "\"}"), 404);

        assertThat(error.path("code").textValue()).isEqualTo("model_not_found");
        assertThat(error.path("message").textValue())
                .startsWith("The model ")
                .contains("BAAI/bge-small-en-v1.5")
                .doesNotContainPattern("\\p{Cntrl}")
                .hasSizeLessThan(250);
    }

    @Test
    void ofAMegabyteIsRefusedByOpenAisApiWithAShortMessage() {
        Answer answer =
                client.postJson("/v1/embeddings", "{\"input\": \"a\", \"model\": \"" + "x".repeat(1 << 20) + "\"}");

        assertThat(OpenAiErrors.require(answer, 404).path("message").textValue())
                .hasSizeLessThan(250);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?model",
                "?model=",
                "?model=%20",
                "?model=default",
                "?model=BAAI/bge-small-en-v1.5",
                "?model=BAAI%2Fbge-small-en-v1.5",
                "?model=BGE-small-en-v1.5:latest&x=y"
            })
    void isOfTheModelInTheQueryForModelInformation(String query) {
        Answer answer = client.get("/model/info" + query);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("id").textValue()).isEqualTo("default");
        assertThat(answer.json().path("aliases").isArray()).isTrue();
        assertThat(answer.header("X-Embedding-Space"))
                .contains(answer.json().path("fingerprint").textValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "%00", "%F0%9F%98%80", "%ED%A0%80", "default%0A", "a%2Fb"})
    void isUnknownToModelInformationWhenItIsNoOnes(String name) {
        assertThat(client.get("/model/info?model=" + name)
                        .requireError(404)
                        .path("detail")
                        .textValue())
                .contains("is not served here; use BAAI/bge-small-en-v1.5");
    }
}
