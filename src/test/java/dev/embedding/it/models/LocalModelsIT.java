package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ReferenceVectors.Row;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Serves models from an operator's directory, with every supported kind of tokenizer and pooling. */
class LocalModelsIT {

    private static final double TOLERANCE = 2e-5;
    /** Tolerance to the reference vectors, which are those of the weights before they were rounded. */
    private static final double TOLERANCE_OF_EIGHT_BITS = 0.25;

    private static final double TOLERANCE_OF_HALF_PRECISION = 2e-3;

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, true",
        "bert-cls-normalize, false",
        "distilbert-mean, true",
        "distilbert-mean, false",
        "roberta-mean-bpe, true",
        "roberta-mean-bpe, false",
        "xlmr-mean-prompts, true",
        "xlmr-mean-prompts, false",
        "modernbert-rope-mean, true",
        "modernbert-rope-mean, false",
        "bert-mean-external-data, true",
        "bert-mean-external-data, false",
        "bert-max, true",
        "bert-max, false",
        "bert-cls-mean-concat, true",
        "bert-cls-mean-concat, false",
        "bert-mean-sqrt-len, true",
        "bert-mean-sqrt-len, false",
        "bert-weightedmean, true",
        "bert-weightedmean, false",
        "bert-mean-dense-normalize, true",
        "bert-mean-dense-normalize, false",
        "bert-sentence-embedding-output, true",
        "pooled-graph-equal-dense, true",
        "pooled-graph-equal-dense, false",
        "no-modules-bert-cls, true",
        "no-modules-bert-cls, false",
        "bert-cls-dynamo, true",
        "bert-cls-dynamo, false",
        "bert-cls-sdpa, true",
        "bert-cls-sdpa, false",
        "plain-transformers, true",
        "plain-transformers, false",
        "decoder-lasttoken, true",
        "decoder-lasttoken, false",
        "decoder-position-ids, true",
        "decoder-position-ids, false",
        "decoder-cache, true",
        "decoder-cache, false",
        "bert-mean-fp16, true",
        "bert-mean-fp16, false",
        "bert-default-prompt, true",
        "bert-default-prompt, false",
        "bert-include-prompt-false, true",
        "bert-include-prompt-false, false",
        "bert-do-lower-case, true",
        "bert-do-lower-case, false",
        "static-embedding, true",
        "static-embedding, false",
    })
    void givesTheVectorsOfSentenceTransformers(String model, boolean normalize) {
        ReferenceVectors reference = ReferenceVectors.ofModel(model, normalize);
        double tolerance = model.endsWith("fp16") ? TOLERANCE_OF_HALF_PRECISION : TOLERANCE;
        String directory = ReferenceVectors.MODELS.resolve(model).toString();
        ServiceClient client = service.client();
        serve(model, normalize);

        check(client, reference, Map.of(), tolerance);
        for (String prompt : normalize ? List.<String>of() : ReferenceVectors.prompts(model)) {
            check(client, ReferenceVectors.withPrompt(model, prompt), Map.of("prompt_name", prompt), tolerance);
        }
        JsonNode info = client.get("/model/info").json();
        assertThat(info.path("model_name").textValue()).isEqualTo(directory);
        assertThat(info.path("source").textValue()).isEqualTo("directory");
        assertThat(info.path("max_input_tokens").asInt(ReferenceVectors.NO_LIMIT))
                .isEqualTo(reference.maxTokens());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-all-poolings-v5",
                "bert-baked-truncation-left",
                "bert-dense-residual-projected",
                "bert-do-lower-case-missing",
                "bert-layernorm-dropout",
                "bert-subfolder-0-transformer",
                "bert-truncate-dim-normalize",
                "gemma3-embeddinggemma",
                "model2vec-mapping-weights",
                "mpnet-mean-normalize",
                "onnx-external-two-files",
                "onnx-int32-inputs",
                "qwen3-lasttoken",
                "roberta-include-prompt-false-mean",
                "static-baked-truncation",
                "static-path-dot",
                "static-prompts",
                "t5-sentence-t5",
                "xlmr-truncation-side-left-prompt"
            })
    void readsConfigurationInOtherFiles(String model) {
        for (boolean normalize : List.of(true, false)) {
            serve(model, normalize);
            checkVectors(service.client(), ReferenceVectors.ofModel(model, normalize), Map.of(), TOLERANCE);
        }
        for (String prompt : ReferenceVectors.prompts(model)) {
            checkVectors(
                    service.client(),
                    ReferenceVectors.withPrompt(model, prompt),
                    Map.of("prompt_name", prompt),
                    TOLERANCE);
        }
    }

    @Test
    void computesTextsOfAQuantizedModelOneByOne() {
        String model = "onnx-only-quantized";
        ServiceClient client = service.client();
        String directory = ReferenceVectors.MODELS.resolve(model).toString();
        Answer changed = client.postJson(
                "/settings/bulk",
                Answer.jsonOf(Map.of(
                        "settings",
                        Map.of("model_name", directory, "precision", "int8", "normalize_embeddings", true))));
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        try {
            ReferenceVectors reference = ReferenceVectors.ofModel(model, true);
            List<float[]> together = client.postJson("/embed", Answer.jsonOf(Map.of("texts", reference.texts())))
                    .vectors();
            for (int index = 0; index < together.size(); index++) {
                assertThat(client.embed(reference.texts().get(index)).vectors().get(0))
                        .containsExactly(together.get(index));
                ReferenceVectors.requireNear(
                        together.get(index), reference.rows().get(index).vector(), TOLERANCE_OF_EIGHT_BITS);
            }
            assertThat(client.get("/model/info").json().path("precision").textValue())
                    .isEqualTo("int8");
        } finally {
            client.postJson(
                    "/settings/bulk",
                    Answer.jsonOf(Map.of(
                            "settings",
                            Map.of(
                                    "model_name",
                                    ReferenceVectors.MODELS.resolve("bert-max").toString(),
                                    "precision",
                                    "fp32"))));
        }
    }

    @Test
    void followsThePoolingSetting() {
        serve("no-modules-bert-cls", true);
        ServiceClient client = service.client();
        JsonNode byGraph = client.get("/model/info").json();
        ReferenceVectors reference = ReferenceVectors.ofModel("no-modules-bert-cls", true);

        assertThat(byGraph.path("pooling").textValue()).isEqualTo("graph");
        assertThat(byGraph.path("pooling_source").textValue()).isEqualTo("model output");
        assertThat(set("pooling", "Cls").status()).isEqualTo(200);
        JsonNode bySetting = client.get("/model/info").json();
        assertThat(bySetting.path("pooling").textValue()).isEqualTo("cls");
        assertThat(bySetting.path("pooling_source").textValue()).isEqualTo("setting");
        assertThat(bySetting.path("fingerprint")).isNotEqualTo(byGraph.path("fingerprint"));
        checkVectors(client, reference, Map.of(), TOLERANCE);

        assertThat(set("required_space", bySetting.path("fingerprint").textValue())
                        .status())
                .isEqualTo(200);
        assertThat(client.send("DELETE", "/settings/pooling").status()).isEqualTo(422);
        assertThat(client.send("DELETE", "/settings/required_space").status()).isEqualTo(200);
        assertThat(client.send("DELETE", "/settings/pooling").status()).isEqualTo(200);
        assertThat(client.get("/model/info").json().path("fingerprint")).isEqualTo(byGraph.path("fingerprint"));
    }

    @Test
    void namesThePoolingSettingWhenNoFileConfiguresIt() {
        serve("bert-max", true);

        Answer refused = set(
                "model_name",
                ReferenceVectors.MODELS.resolve("plain-transformers").toString());

        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json().path("detail").textValue())
                .contains("set pooling (EMBEDDING_POOLING) to cls, max, mean")
                .contains("previous model stays active");
    }

    @Test
    void rejectsARerankerByName(@TempDir Path directory) throws IOException {
        serve("bert-max", true);
        ModelCopy.of("bert-mean-dense-normalize", directory);
        Files.writeString(directory.resolve("config_sentence_transformers.json"), "{\"model_type\": \"CrossEncoder\"}");

        Answer refused = set("model_name", directory.toString());

        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.json().path("detail").textValue()).contains("it is a reranker");
        assertThat(service.client().embed("still there").status()).isEqualTo(200);
    }

    private static Answer set(String key, String value) {
        return service.client().postJson("/settings", Answer.jsonOf(Map.of("key", key, "value", value)));
    }

    @Test
    void choosesThePromptByTheTypeOfTheInput() {
        String model = "bert-default-prompt";
        serve(model, false);
        ServiceClient client = service.client();
        ReferenceVectors queries = ReferenceVectors.withPrompt(model, "query");
        ReferenceVectors documents = ReferenceVectors.withPrompt(model, "document");

        check(client, queries, Map.of("input_type", "query"), TOLERANCE);
        check(client, documents, Map.of("input_type", "document"), TOLERANCE);
        Row row = documents.rows().get(0);
        Answer single =
                client.postJson("/embed/single", Answer.jsonOf(Map.of("text", row.text(), "input_type", "document")));
        ReferenceVectors.requireNear(Answer.floats(single.json().path("embedding")), row.vector(), TOLERANCE);
    }

    @Test
    void namesTheExistingPrompts() {
        serve("bert-default-prompt", false);

        Answer answer = embed(service.client(), List.of("text"), Map.of("prompt_name", "passage"));

        assertThat(answer.status()).isEqualTo(422);
        JsonNode fault = answer.json().path("errors").path(0);
        assertThat(fault.path("field").textValue()).isEqualTo("body.prompt_name");
        assertThat(fault.path("message").textValue()).contains("passage").contains("document, query");
    }

    private static void serve(String model, boolean normalize) {
        String directory = ReferenceVectors.MODELS.resolve(model).toString();
        String pooling = model.equals("plain-transformers") ? "mean" : "";
        Answer changed = service.client()
                .postJson(
                        "/settings/bulk",
                        Answer.jsonOf(Map.of(
                                "settings",
                                Map.of(
                                        "model_name",
                                        directory,
                                        "normalize_embeddings",
                                        normalize,
                                        "pooling",
                                        pooling))));
        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    }

    private static void checkVectors(
            ServiceClient client, ReferenceVectors reference, Map<String, String> choice, double tolerance) {
        List<float[]> together = embed(client, reference.texts(), choice).vectors();
        for (int index = 0; index < together.size(); index++) {
            Row row = reference.rows().get(index);
            ReferenceVectors.requireNear(together.get(index), row.vector(), tolerance);
            float[] alone = embed(client, List.of(row.text()), choice).vectors().get(0);
            ReferenceVectors.requireNear(alone, row.vector(), tolerance);
        }
    }

    private static void check(
            ServiceClient client, ReferenceVectors reference, Map<String, String> choice, double tolerance) {
        Answer together = embed(client, reference.texts(), choice);
        List<Answer> alone = reference.texts().stream()
                .map(text -> embed(client, List.of(text), choice))
                .toList();

        assertThat(together.truncated()).isEqualTo(reference.truncated());
        assertThat(together.json().path("tokens").intValue()).isEqualTo(reference.tokens());
        for (int index = 0; index < alone.size(); index++) {
            Row row = reference.rows().get(index);
            ReferenceVectors.requireNear(together.vectors().get(index), row.vector(), tolerance);
            ReferenceVectors.requireNear(alone.get(index).vectors().get(0), row.vector(), tolerance);
            assertThat(alone.get(index).json().path("tokens").intValue()).isEqualTo(row.tokens());
        }
    }

    private static Answer embed(ServiceClient client, List<String> texts, Map<String, String> choice) {
        Map<String, Object> body = new HashMap<>(choice);
        body.put("texts", texts);
        return client.postJson("/embed", Answer.jsonOf(body));
    }
}
