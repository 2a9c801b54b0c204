package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests OpenAI's embeddings API with the bundled model. */
class OpenAiIT {

    private static final String MODEL = "BAAI/bge-small-en-v1.5";
    private static final List<String> TEXTS = List.of("Hello world", "Bonjour le monde", " ", "東京\n🙂");
    private static final String LONG = "word ".repeat(600);

    private static ServiceProcess service;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .without("EMBEDDING_CACHE_SIZE") // a text has the same bits whatever it is computed with
                .with("EMBEDDING_MODEL_ALIASES", "text-embedding-3-small,our/model")
                .with("EMBEDDING_DIMENSIONS", "256,128,4096")
                .ready();
        client = service.client();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static Answer request(Map<String, ?> body, String... headers) {
        return client.postJson("/v1/embeddings", Answer.jsonOf(body), headers);
    }

    private static float[] embedded(String text) {
        return client.embed(text).vectors().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/embeddings", "/embeddings", "/openai/v1/embeddings", "/v1/embeddings/"})
    void respondsInOpenAisFormat(String path) {
        JsonNode response = client.postJson(path, "{\"input\": \"Hello world\", \"model\": \"" + MODEL + "\"}")
                .json();

        assertThat(response.path("object").textValue()).isEqualTo("list");
        assertThat(response.path("model").textValue()).isEqualTo(MODEL);
        assertThat(response.path("usage").toString()).isEqualTo("{\"prompt_tokens\":4,\"total_tokens\":4}");
        assertThat(response.path("truncated").toString()).isEqualTo("[]");
        assertThat(response.path("data")).hasSize(1);
        JsonNode item = response.path("data").get(0);
        assertThat(item.path("object").textValue()).isEqualTo("embedding");
        assertThat(item.path("index").intValue()).isZero();
        assertThat(Answer.floats(item.path("embedding"))).isEqualTo(embedded("Hello world"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"float", "base64"})
    void returnsTheBitsOfEmbed(String format) {
        // /embed rejects blank texts.
        List<String> texts = List.of(TEXTS.get(0), TEXTS.get(1), TEXTS.get(3));

        OpenAiVectors response = OpenAiVectors.of(request(Map.of("input", texts, "encoding_format", format)));

        assertThat(response.vectors())
                .containsExactlyElementsOf(client.embed(texts).vectors());
    }

    @Test
    void acceptsTextsThatAreBlankButNotEmpty() {
        assertThat(OpenAiVectors.of(request(Map.of("input", TEXTS))).vectors()).hasSize(4);
    }

    @Test
    void acceptsTokenIdsOfTheModelsOwnTokenizer() {
        int[] hello = {101, 7592, 2088, 102};

        assertThat(OpenAiVectors.of(request(Map.of("input", hello))).vectors())
                .containsExactly(embedded("Hello world"));
        assertThat(OpenAiVectors.of(request(Map.of("input", List.of(hello, new int[] {101, 1037, 102}))))
                        .vectors())
                .containsExactly(embedded("Hello world"), embedded("a"));
    }

    @Test
    void truncatesTokenIdsLikeTheirText() {
        int[] ids = new int[602];
        Arrays.fill(ids, 2773);
        ids[0] = 101;
        ids[601] = 102;

        Answer response = request(Map.of("input", ids));

        assertThat(OpenAiVectors.of(response).vectors()).containsExactly(embedded(LONG));
        assertThat(response.truncated()).containsExactly(0);
        assertThat(response.json().at("/usage/prompt_tokens").intValue()).isEqualTo(512);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[9906, 1917]",
                "[101, 7592]",
                "[7592, 102]",
                "[101]",
                "[[101, 102], [102, 101]]",
                "[101, 30522, 102]",
                "[101, -1, 102]",
                "[101, 99999999999999999999, 102]",
                "[101, 7592, 102, 0]"
            })
    void rejectsIncompleteEncodingsAndNamesTheFix(String input) {
        JsonNode error = OpenAiErrors.require(client.postJson("/v1/embeddings", "{\"input\": " + input + "}"), 400);

        assertThat(error.path("message").textValue())
                .contains("not a whole encoding")
                .contains("check_embedding_ctx_length=False");
        assertThat(error.path("param").textValue()).isEqualTo("input");
    }

    @Test
    void truncatesVectorsToAllowedDimensionsAndNormalisesThemAgain() {
        float[] whole = embedded("Hello world");

        float[] cut = OpenAiVectors.of(request(Map.of("input", "Hello world", "dimensions", 128)))
                .vectors()
                .get(0);

        assertThat(cut).hasSize(128);
        assertThat(ReferenceVectors.norm(cut)).isBetween(0.999999, 1.000001);
        assertThat(cut[1] / cut[0]).isCloseTo(whole[1] / whole[0], within(1e-5f));
        assertThat(OpenAiVectors.of(request(Map.of("input", "Hello world", "dimensions", 384)))
                        .vectors())
                .containsExactly(whole);
        assertThat(client.get("/model/info").json().path("dimensions").toString())
                .isEqualTo("[128,256]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 383, 385, 4096})
    void rejectsOtherDimensions(int dimensions) {
        JsonNode error = OpenAiErrors.require(request(Map.of("input", "a", "dimensions", dimensions)), 400);

        assertThat(error.path("param").textValue()).isEqualTo("dimensions");
        assertThat(error.path("message").textValue()).contains("384").contains("128, 256");
    }

    @Test
    void namesTruncatedInputs() {
        assertThat(request(Map.of("input", List.of("a", LONG, "b", LONG + "x"))).truncated())
                .containsExactly(1, 3);
    }

    @ParameterizedTest
    @CsvSource({"truncate, \"NONE\"", "truncate, \"none\"", "truncate, false", "truncation, false"})
    void rejectsLongInputsWhenTruncationIsOff(String field, String value) {
        List<String> texts = List.of("a", LONG, "b", LONG + field + value, "word");
        String body = "{\"input\": " + Answer.jsonOf(texts) + ", \"" + field + "\": " + value + "}";

        for (int time = 0; time < 2; time++) {
            JsonNode error = OpenAiErrors.require(client.postJson("/v1/embeddings", body), 400);

            assertThat(error.path("message").textValue())
                    .contains("index 1, 3 ")
                    .contains("512 tokens");
            client.embed(texts);
        }
    }

    @Test
    void acceptsUpTo2048Inputs() {
        List<String> texts = new ArrayList<>();
        for (int index = 0; index < 2_048; index++) {
            texts.add("text " + index % 50);
        }

        JsonNode data = request(Map.of("input", texts, "encoding_format", "base64"))
                .json()
                .path("data");
        texts.add("one more");
        JsonNode error = OpenAiErrors.require(request(Map.of("input", texts)), 400);

        assertThat(data).hasSize(2_048);
        assertThat(data.get(2_047).path("index").intValue()).isEqualTo(2_047);
        assertThat(error.path("message").textValue()).contains("at most 2048 items, not 2049");
    }

    @Test
    void rejectsAllEmptyInputsByIndex() {
        List<String> texts = new ArrayList<>(Collections.nCopies(20, ""));
        texts.set(0, "a");

        JsonNode error = OpenAiErrors.require(request(Map.of("input", texts)), 400);

        assertThat(error.path("message").textValue())
                .contains("Input at index 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 9 more is empty");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"input\": \"a\", \"model\": | json_invalid | ",
                "[] | invalid_type | ",
                "{} | missing | input",
                "{\"input\": null} | invalid_type | input",
                "{\"input\": {}} | invalid_type | input",
                "{\"input\": 7} | invalid_type | input",
                "{\"input\": [\"a\", 1]} | invalid_type | input",
                "{\"input\": [1, \"a\"]} | invalid_type | input",
                "{\"input\": [101, 1.5, 102]} | invalid_type | input",
                "{\"input\": [[101, 102], \"a\"]} | invalid_type | input",
                "{\"input\": [[101, [102]]]} | invalid_type | input",
                "{\"input\": [null]} | invalid_type | input",
                "{\"input\": []} | too_short | input",
                "{\"input\": [[]]} | value_error | input",
                "{\"input\": \"\"} | value_error | input",
                "{\"input\": \"a\", \"model\": 7} | invalid_type | model",
                "{\"input\": \"a\", \"encoding_format\": \"hex\"} | invalid_value | encoding_format",
                "{\"input\": \"a\", \"dimensions\": 0} | invalid_value | dimensions",
                "{\"input\": \"a\", \"dimensions\": \"128\"} | invalid_value | dimensions",
                "{\"input\": \"a\", \"dimensions\": 128.0} | invalid_value | dimensions",
                "{\"input\": \"a\", \"truncate\": \"START\"} | invalid_value | truncate",
                "{\"input\": \"a\", \"input_type\": \"image\"} | invalid_value | input_type",
                "{\"input\": \"a\", \"output_dtype\": \"int8\"} | invalid_value | output_dtype",
                "{\"input\": \"a\", \"prompt_name\": \"none\"} | value_error | prompt_name"
            })
    void reportsInvalidRequestsInOpenAisFormat(String body, String code, String param) {
        Answer response = client.postJson("/v1/embeddings", body);

        JsonNode error = OpenAiErrors.require(response, 400);

        assertThat(error.path("type").textValue()).isEqualTo("invalid_request_error");
        assertThat(error.path("code").textValue()).isEqualTo(code);
        assertThat(error.path("param").textValue()).isEqualTo(param);
        assertThat(response.header("x-should-retry")).contains("false");
    }

    @Test
    void ignoresUnknownFieldsAndUsesTheLastOfDuplicates() {
        String body = "{\"user\": \"u\", \"extra\": {\"input\": 7}, \"dimensions\": 1, \"dimensions\": null,"
                + " \"encoding_format\": \"hex\", \"encoding_format\": \"float\", \"input\": 1, \"input\": \"a\"}";

        assertThat(OpenAiVectors.of(client.postJson("/v1/embeddings", body)).vectors())
                .containsExactly(embedded("a"));
    }

    @Test
    void acceptsOtherServicesNamesOfFields() {
        String body = "{\"input\": \"a\", \"output_dimension\": 128, \"embedding_type\": \"base64\", "
                + "\"output_dtype\": \"float\", \"truncation\": true, \"task\": \"text-matching\"}";
        String nothing = "{\"input\": \"a\", \"dimensions\": 128, \"encoding_format\": \"base64\","
                + " \"output_dimension\": null, \"embedding_type\": null, \"truncation\": null, \"input_type\": null}";

        for (Answer response :
                List.of(client.postJson("/v1/embeddings", body), client.postJson("/v1/embeddings", nothing))) {
            assertThat(OpenAiVectors.of(response).vectors().get(0)).hasSize(128);
            assertThat(response.json().at("/data/0/embedding").isTextual()).isTrue();
        }
    }

    @Test
    void supportsTheHeadersOfEmbed() {
        Map<String, String> body = Map.of("input", "headers of OpenAI");
        String space = client.get("/model/info").json().path("fingerprint").textValue();

        Answer pinned =
                request(body, "X-Embedding-Space", space, "X-Request-Timeout-Ms", "60000", "X-Priority", "batch");

        assertThat(pinned.status()).isEqualTo(200);
        assertThat(pinned.header("X-Embedding-Space")).contains(space);
        assertThat(pinned.header("Server-Timing").orElse("")).contains("queue;dur=");
        OpenAiErrors.require(request(body, "X-Embedding-Space", "0".repeat(32)), 412);
        JsonNode priority = OpenAiErrors.require(request(body, "X-Priority", "high"), 400);
        assertThat(priority.path("param").textValue()).isEqualTo("header.x-priority");
    }

    @Test
    void countsRejectionsByCause() {
        for (String[] cause : new String[][] {
            {"unknown_model", "{\"input\": \"a\", \"model\": \"other\"}"},
            {"unsupported_dimensions", "{\"input\": \"a\", \"dimensions\": 7}"},
            {"foreign_token_ids", "{\"input\": [1, 2]}"},
            {"too_long", Answer.jsonOf(Map.of("input", LONG + LONG, "truncate", "NONE"))}
        }) {
            String meter = "embedding_requests_total{outcome=\"" + cause[0] + "\"}";
            double before = client.meter(meter);

            assertThat(client.postJson("/v1/embeddings", cause[1]).status()).isIn(400, 404);

            assertThat(client.meter(meter)).as(meter).isEqualTo(before + 1);
        }
    }

    @Test
    void reportsUnknownPathsInOpenAisFormat() {
        assertThat(OpenAiErrors.require(client.postJson("/v1/chat/completions", "{}"), 404)
                        .path("code")
                        .textValue())
                .isEqualTo("not_found");
        Answer wrongMethod = client.get("/v1/embeddings");
        OpenAiErrors.require(wrongMethod, 405);
        assertThat(wrongMethod.header("Allow")).contains("POST");
        OpenAiErrors.require(client.postJson("/v1/embeddings", "{}", "Content-Type", "text/plain"), 415);
    }
}
