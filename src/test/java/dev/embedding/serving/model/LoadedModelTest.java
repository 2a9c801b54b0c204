package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.fixture.ReferenceModel;
import dev.embedding.model.GraphOrigin;
import dev.embedding.model.ModelDescription;
import dev.embedding.model.ModelDescription.Source;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.OutputStage;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.Prompts;
import dev.embedding.model.Tokenization;
import dev.embedding.model.file.SafetensorsFile;
import dev.embedding.model.layout.ModelCopy;
import dev.embedding.serving.PlainOptions;
import dev.embedding.serving.SmallModels;
import dev.embedding.serving.model.check.GoldenCheck;
import dev.embedding.serving.model.check.GoldenVectors;
import dev.embedding.vector.LayerNormalization;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoadedModelTest {

    private static final ReferenceModel REFERENCE = ReferenceModel.of("distilbert-mean");

    private final SmallModels models = new SmallModels();

    @AfterEach
    void close() throws InterruptedException {
        models.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-normalize",
                "bert-mean-external-data",
                "bert-sentence-embedding-output",
                "distilbert-mean",
                "modernbert-rope-mean",
                "roberta-mean-bpe",
                "static-embedding",
                "xlmr-mean-prompts"
            })
    void passesTheGoldenCheck(String name, @TempDir Path directory) {
        LoadedModel model = models.load(name);

        assertThatCode(() -> GoldenCheck.verify(model, new GoldenVectors(directory)))
                .doesNotThrowAnyException();
        assertThat(model.device()).isEqualTo("cpu");
        assertThat(model.dimension()).isEqualTo(ReferenceModel.of(name).dimension());
    }

    @Test
    void appliesModulesInOrder(@TempDir Path directory) throws IOException {
        ModelCopy.of("static-embedding", directory);
        Files.createDirectories(directory.resolve("2_LayerNorm"));
        Files.writeString(directory.resolve("2_LayerNorm/config.json"), "{\"dimension\": 48}");
        Files.write(directory.resolve("2_LayerNorm/model.safetensors"), constantNorm(48, 0.5f, 0.25f));
        Files.writeString(directory.resolve("modules.json"), """
                [{"path": "", "type": "sentence_transformers.models.StaticEmbedding"},
                 {"path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
                 {"path": "2_LayerNorm", "type": "sentence_transformers.models.LayerNorm"},
                 {"path": "3_Dropout", "type": "sentence_transformers.models.Dropout"}]
                """);
        LoadedModel model = models.loadFrom(directory);
        ReferenceModel reference = ReferenceModel.of("static-embedding");
        LayerNormalization norm = new LayerNormalization(filled(48, 0.5f), filled(48, 0.25f));

        float[] vector = SmallModels.embed(
                model, PlainOptions.of(false), reference.texts().get(1));

        assertThat(vector).containsExactly(norm.apply(reference.vectors(true).get(1)), within(1e-4f));
    }

    private static byte[] constantNorm(int dimension, float gain, float offset) {
        String header = ("{\"norm.weight\": {\"dtype\": \"F32\", \"shape\": [%1$d], \"data_offsets\": [0, 0]}, "
                        + "\"norm.bias\": {\"dtype\": \"F32\", \"shape\": [%1$d], \"data_offsets\": [%2$d, 0]}}")
                .formatted(dimension, dimension * Float.BYTES);
        ByteBuffer data = ByteBuffer.allocate(2 * dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int component = 0; component < 2 * dimension; component++) {
            data.putFloat(component < dimension ? gain : offset);
        }
        return SafetensorsFile.of(header, data.array());
    }

    private static float[] filled(int dimension, float value) {
        float[] values = new float[dimension];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void describesAStaticModel() {
        LoadedModel model = models.load("static-embedding");

        assertThat(model.executionProvider()).isEqualTo("none");
        assertThat(model.pooling()).isEqualTo("mean");
        assertThat(model.deviceFallback()).isEmpty();
        assertThat(model.description().architecture()).isEqualTo("static");
        assertThat(model.description().tokenization().maxTokens()).isEqualTo(Tokenization.NO_LIMIT);
    }

    @Test
    void rejectsInvalidWeightsByName(@TempDir Path directory) throws IOException {
        Path weights = Files.writeString(directory.resolve("model.onnx"), "no model");

        assertThatThrownBy(() -> load(weights, REFERENCE.tokenizer()))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model some/model: model.onnx cannot be opened: ")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void rejectsAnInvalidTokenizerByName(@TempDir Path directory) throws IOException {
        Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), "{}");

        assertThatThrownBy(() -> load(REFERENCE.weights(), tokenizer))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model some/model: tokenizer.json is no tokenizer that can be read")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void rejectsMissingFilesWithoutTheirPath(@TempDir Path directory) {
        assertThatThrownBy(() -> load(REFERENCE.weights(), directory.resolve("tokenizer.json")))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageNotContaining(directory.toString());
        assertThatThrownBy(() -> load(directory.resolve("model.onnx"), REFERENCE.tokenizer()))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void parsesGpuMemoryReportedByTheDriver() {
        assertThat(GpuMemory.parse(" 1234\n")).contains(new GpuMemory(1234, 1234));
        assertThat(GpuMemory.parse("No devices were found")).isEqualTo(Optional.empty());
        assertThat(GpuMemory.parse("")).isEmpty();
    }

    private LoadedModel load(Path weights, Path tokenizer) {
        return LoadedModel.load(
                new ModelDescription(
                        "some/model",
                        Source.DIRECTORY,
                        Optional.empty(),
                        ModelDescription.Kind.TRANSFORMER,
                        new GraphOrigin.Exported("the model has no model.safetensors"),
                        List.of(weights),
                        "fp32",
                        Optional.empty(),
                        false,
                        new Tokenization(tokenizer, true, 128, "", false, false, Map.of(), "", ""),
                        "distilbert",
                        List.of(Pooling.MEAN),
                        PoolingSource.MODULES,
                        OutputStage.TOKENS,
                        List.of(),
                        false,
                        OptionalInt.empty(),
                        List.of(),
                        0,
                        Prompts.NONE,
                        true,
                        List.of(),
                        new TreeMap<>(),
                        0),
                new ModelOptions("cpu", 32, 0),
                models.host());
    }
}
