package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.embedding.fixture.PooledOutput;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.NoGraphs;
import dev.embedding.model.Precision;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnsupportedTaskTest {

    private static final BuildableGraphs FROM_ONNX_FILES = new NoGraphs();

    private static final String RERANKER = "it is a reranker";
    private static final String NOT_YET = "this service does not serve such models yet";

    private Path directory;

    UnsupportedTaskTest(@TempDir Path directory) throws IOException {
        this.directory = ModelCopy.of("bert-mean-dense-normalize", directory);
    }

    @ParameterizedTest
    @CsvSource({
        "CrossEncoder, it is a reranker",
        "SparseEncoder, it is a sparse encoder",
        "MultiVectorEncoder, it is a multi-vector encoder",
        "ColBERT, it is a multi-vector encoder"
    })
    void rejectsByTheTypeOfTheModel(String type, String task) throws IOException {
        write("config_sentence_transformers.json", "{\"model_type\": \"" + type + "\"}");

        requireRejected("config_sentence_transformers.json has the model_type " + type + ": " + task);

        Files.delete(directory.resolve("modules.json"));
        requireRejected("config_sentence_transformers.json has the model_type " + type + ": " + task);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"model_type\": \"SentenceTransformer\"}", "{\"model_type\": null}", "{}"})
    void servesEmbedders(String config) throws IOException {
        write("config_sentence_transformers.json", config);

        assertThat(read().pooling()).isEqualTo("mean");
    }

    @Test
    void rejectsAnUnknownType() throws IOException {
        write("config_sentence_transformers.json", "{\"model_type\": \"Something\"}");

        assertThatThrownBy(this::read)
                .hasMessage(
                        "Model copy: config_sentence_transformers.json has the model_type Something, which is not known");
    }

    @ParameterizedTest
    @ValueSource(strings = {"do_query_expansion", "attend_to_expansion_tokens", "skiplist_words"})
    void recognisesModelsOfPyLate(String field) throws IOException {
        write("config_sentence_transformers.json", "{\"" + field + "\": null}");

        requireRejected("config_sentence_transformers.json has the field " + field + ": it is a multi-vector encoder");
    }

    @ParameterizedTest
    @CsvSource({
        "sentence_transformers.cross_encoder.modules.logit_score.LogitScore, a reranker",
        "sentence_transformers.sparse_encoder.models.MLMTransformer, a sparse encoder",
        "sentence_transformers.sparse_encoder.models.SpladePooling, a sparse encoder",
        "sentence_transformers.sparse_encoder.modules.sparse_auto_encoder.SparseAutoEncoder, a sparse encoder",
        "sentence_transformers.sparse_encoder.models.CSRSparsity, a sparse encoder",
        "sentence_transformers.sparse_encoder.models.IDF, a sparse encoder",
        "sentence_transformers.sparse_encoder.models.SparseStaticEmbedding, a sparse encoder",
        "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask, a multi-vector encoder",
        "pylate.models.Dense.Dense, a multi-vector encoder"
    })
    void rejectsByAModule(String type, String task) throws IOException {
        write("modules.json", """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "name": "1", "path": "1_Other", "type": "%s"}]
                """.formatted(type));

        requireRejected("modules.json has the module " + type + ": it is " + task);
    }

    @ParameterizedTest
    @CsvSource({
        "sequence-classification, it is a classifier or a reranker",
        "fill-mask, it is a sparse encoder",
        "text-generation, it is a language model"
    })
    void rejectsALoneTransformerByItsTask(String task, String message) throws IOException {
        write("modules.json", """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}]
                """);
        write("sentence_bert_config.json", "{\"transformer_task\": \"" + task + "\"}");

        requireRejected("sentence_bert_config.json has the transformer_task " + task + ": " + message);
    }

    @Test
    void rejectsAChainThatEndsInScores() throws IOException {
        write("config_sentence_transformers.json", "{}");
        Path dense = directory.resolve("2_Dense/config.json");
        Files.writeString(dense, Files.readString(dense).replaceFirst("[{]", "{\"module_output_name\": \"scores\","));

        requireRejected("2_Dense/config.json has the Dense module write scores: " + RERANKER);
    }

    @ParameterizedTest
    @CsvSource({
        "2_Dense, '\"module_output_name\": \"other\"', Dense module write other",
        "2_Dense, '\"module_input_name\": \"token_embeddings\"', Dense module read token_embeddings",
        "3_Normalize, '\"module_input_name\": \"token_embeddings\"', Normalize module read token_embeddings",
        "3_Normalize, '\"module_output_name\": \"other\"', Normalize module write other"
    })
    void rejectsModulesThatBypassTheTextsVector(String module, String field, String message) throws IOException {
        Path config = directory.resolve(module).resolve("config.json");
        Files.createDirectories(config.getParent());
        String content = Files.exists(config) ? Files.readString(config) : "{\"a\": 1}";
        Files.writeString(config, content.replaceFirst("[{]", "{" + field + ","));

        assertThatThrownBy(this::read)
                .hasMessage("Model copy: " + module + "/config.json has the " + message
                        + "; supported is sentence_embedding only");
    }

    @Test
    void acceptsAnOutputWithTheUsualName() throws IOException {
        Path dense = directory.resolve("2_Dense/config.json");
        Files.writeString(
                dense,
                Files.readString(dense)
                        .replaceFirst(
                                "[{]",
                                "{\"module_input_name\": \"sentence_embedding\", \"module_output_name\":"
                                        + " \"sentence_embedding\","));

        assertThat(read().modules()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BertForSequenceClassification", "BertForMaskedLM", "HF_ColBERT"})
    void servesAnyArchitectureWhoseModulesAreListed(String architecture) throws IOException {
        architecture(architecture);

        assertThat(read().pooling()).isEqualTo("mean");
    }

    @ParameterizedTest
    @CsvSource({
        "BertForSequenceClassification, a classifier or a reranker",
        "BertForTokenClassification, a classifier or a reranker",
        "BertForQuestionAnswering, a classifier or a reranker",
        "HF_ColBERT, a multi-vector encoder",
        "ColQwen2ForRetrieval, a multi-vector encoder"
    })
    void rejectsAnArchitectureOfAnotherTaskWithoutListedModules(String architecture, String task) throws IOException {
        unlisted(architecture);
        String message = "config.json has the architectures [\"" + architecture + "\"]: it is " + task;

        requireRejected(message);
        write("model.safetensors", "");
        requireRejected(message);
        Files.delete(directory.resolve("onnx/model.onnx"));
        requireRejected(message);
    }

    @Test
    void servesTheTokenVectorsOfAnyArchitectureWithAPooling() throws IOException {
        unlisted("BertForSequenceClassification");

        assertThat(read(Optional.of(Pooling.CLS)).pooling()).isEqualTo("cls");
    }

    @ParameterizedTest
    @CsvSource({
        "BertForSequenceClassification, a classifier or a reranker",
        "BertForMaskedLM, a language model",
        "Qwen3ForCausalLM, a language model"
    })
    void rejectsAGraphWithoutVectors(String architecture, String task) throws IOException {
        architecture(architecture);
        outputCalled("logits");

        requireRejected("onnx/model.onnx has logits and no vectors as output: it is " + task);
        Files.delete(directory.resolve("modules.json"));
        requireRejected("onnx/model.onnx has logits and no vectors as output: it is " + task);
    }

    private void requireRejected(String message) {
        assertThatThrownBy(this::read)
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: " + message)
                .hasMessageContaining(NOT_YET);
    }

    private void unlisted(String architecture) throws IOException {
        architecture(architecture);
        Files.delete(directory.resolve("modules.json"));
        Files.delete(directory.resolve("1_Pooling/config.json"));
        Files.delete(directory.resolve("2_Dense/config.json"));
    }

    private void architecture(String name) throws IOException {
        Path config = directory.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"BertModel\"", '"' + name + '"'));
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content);
    }

    private void outputCalled(String name) throws IOException {
        Path weights = directory.resolve("onnx/model.onnx");
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(weights));
        String before = model.getGraph().getOutput(0).getName();
        Files.write(weights, PooledOutput.renamed(model, before, name).toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"use_bidirectional_attention\": true", "\"is_causal\": false"})
    void rejectsAnExportForGeneratingTextOfAModelThatSeesBothSides(String field) throws IOException {
        directory = ModelCopy.of("decoder-cache", directory.resolve("decoder"));
        assertThat(read().pooling()).isEqualTo("lasttoken");

        write("config.json", "{\"model_type\": \"qwen3\", " + field + "}");

        assertThatThrownBy(this::read)
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("onnx/model.onnx was exported for generating text")
                .hasMessageContaining("--task feature-extraction");
    }

    private ModelDescription read() {
        return read(Optional.empty());
    }

    private ModelDescription read(Optional<Pooling> pooling) {
        ModelRequest request = new ModelRequest(
                "copy", Optional.empty(), Precision.FP32, Optional.empty(), pooling, "", "", InputLimits.NONE);
        return new SentenceTransformersLayout(
                        request,
                        ModelDescription.Source.DIRECTORY,
                        new ModelDirectory.Local(directory),
                        FROM_ONNX_FILES)
                .read();
    }
}
