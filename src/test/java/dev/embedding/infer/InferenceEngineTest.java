package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.vector.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class InferenceEngineTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final EngineOptions ONE_CORE = options(Device.CPU, 0, 1, 0);
    private static final EngineOptions TWO_CORES = options(Device.CPU, 0, 2, 0);

    @ParameterizedTest
    @CsvSource({
        "bert-include-prompt-false, 0",
        "bert-mean-external-data, 0",
        "distilbert-mean, 0",
        "modernbert-rope-mean, 0",
        "roberta-mean-bpe, 1"
    })
    void givesTheVectorsOfSentenceTransformersAloneAndTogether(String name, int padTokenId) {
        ReferenceModel model = ReferenceModel.of(name);
        try (InferenceEngine engine = InferenceEngine.open(
                RUNTIME, new GraphSource.OnnxFile(model.weights()), options(Device.CPU, padTokenId, 1, 0))) {
            List<float[]> together = means(engine, model.tokenIds(), false);

            for (int row = 0; row < together.size(); row++) {
                float[] alone =
                        means(engine, List.of(model.tokenIds().get(row)), false).get(0);

                float[] expected = model.vectors(false).get(row);
                assertThat(largestDifference(together.get(row), expected))
                        .as("text %d together", row)
                        .isLessThan(model.tolerance());
                assertThat(largestDifference(alone, expected))
                        .as("text %d alone", row)
                        .isLessThan(model.tolerance());
            }
            assertThat(engine.dimension()).isEqualTo(model.dimension());
        }
    }

    @Test
    void givesTheSameVectorsOnOneCoreAndOnAll() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        try (InferenceEngine engine =
                InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), TWO_CORES)) {
            List<float[]> narrow = means(engine, model.tokenIds(), false);
            openWide(engine, model);

            List<float[]> wide = means(engine, model.tokenIds(), true);

            for (int row = 0; row < narrow.size(); row++) {
                assertThat(largestDifference(wide.get(row), narrow.get(row))).isLessThan(model.tolerance());
            }
        }
    }

    @Test
    void opensNoSecondSessionForRunsThatAreNotAlone() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        try (InferenceEngine engine =
                InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), TWO_CORES)) {
            engine.allowWideRuns(true);
            means(engine, model.tokenIds(), false);

            assertThat(engine.isWide()).isFalse();
        }
    }

    @Test
    void hasNoSecondSessionOnASingleCore() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        try (InferenceEngine engine =
                InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), ONE_CORE)) {
            engine.allowWideRuns(true);
            means(engine, model.tokenIds(), true);

            assertThat(engine.isWide()).isFalse();
        }
    }

    @Test
    void fallsBackToTheCpuWithAReasonWhenTheRequestedGpuIsNotUsable() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        EngineOptions onGpu = options(Device.CUDA, 0, 1, 0);
        try (InferenceEngine engine = InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), onGpu)) {
            boolean fellBack = engine.place() == ExecutionTarget.CPU;

            assertThat(engine.fallbackReason().isPresent()).isEqualTo(fellBack);
            assertThat(means(engine, model.tokenIds(), false)).hasSameSizeAs(model.tokenIds());
        }
    }

    @Test
    void hasNoFallbackReasonWhenTheCpuIsRequested() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        try (InferenceEngine engine =
                InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), ONE_CORE)) {
            assertThat(engine.place()).isEqualTo(ExecutionTarget.CPU);
            assertThat(engine.fallbackReason()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no model", "{}"})
    void rejectsAFileThatIsNotAModelWithoutNamingItsDirectory(String content, @TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("model.onnx"), content);

        assertThatThrownBy(() -> InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(file), ONE_CORE))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("model.onnx cannot be opened: ")
                .hasMessageNotContaining(directory.toString());
    }

    @Test
    void rejectsAModelWithoutItsExternalDataWithoutNamingItsDirectory(@TempDir Path directory) throws IOException {
        ReferenceModel model = ReferenceModel.of("bert-mean-external-data");
        Path file = Files.copy(model.weights(), directory.resolve("model.onnx"));

        assertThatThrownBy(() -> InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(file), ONE_CORE))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("model.onnx_data")
                .hasMessageNotContaining(directory.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "past_key_values.0.key, feature-extraction",
        "decoder_input_ids, model_file",
        "pixel_values, not supported"
    })
    void rejectsAModelWithUnsupportedInputs(String input, String reason, @TempDir Path directory) throws IOException {
        ModelProto.Builder model =
                ModelProto.parseFrom(
                        Files.readAllBytes(ReferenceModel.of("distilbert-mean").weights()))
                        .toBuilder();
        ValueInfoProto ids = model.getGraph().getInput(0);
        model.getGraphBuilder().addInput(ids.toBuilder().setName(input));
        Path file = Files.write(directory.resolve("model.onnx"), model.build().toByteArray());

        assertThatThrownBy(() -> InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(file), ONE_CORE))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining(input)
                .hasMessageContaining(reason);
    }

    @Test
    void failsARunThatTheModelCannotCompute() {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        try (InferenceEngine engine =
                InferenceEngine.open(RUNTIME, new GraphSource.OnnxFile(model.weights()), ONE_CORE)) {
            List<int[]> unknownToken = List.of(new int[] {1_000_000});

            assertThatThrownBy(() -> means(engine, unknownToken, false))
                    .isInstanceOf(InferenceException.class)
                    .hasMessageStartingWith("The model could not compute a batch: ");
            assertThat(means(engine, model.tokenIds(), false)).hasSameSizeAs(model.tokenIds());
        }
    }

    @Test
    void rejectsOptionsOutOfRange() {
        assertThatThrownBy(() -> options(Device.CPU, 0, 0, 0)).hasMessageContaining("cores");
        assertThatThrownBy(() -> options(Device.CPU, 0, 1, -1)).hasMessageContaining("gpuMemoryLimit");
    }

    private static void openWide(InferenceEngine engine, ReferenceModel model) {
        engine.allowWideRuns(true);
        while (!engine.isWide()) {
            means(engine, model.tokenIds().subList(0, 1), true);
        }
    }

    private static List<float[]> means(InferenceEngine engine, List<int[]> rows, boolean alone) {
        TokenVectors vectors = engine.run(TokenBatch.of(rows), new Workspace(), alone, () -> {});
        return IntStream.range(0, rows.size())
                .mapToObj(row -> mean(engine, vectors, row, rows.get(row).length))
                .toList();
    }

    private static float[] mean(InferenceEngine engine, TokenVectors vectors, int row, int tokens) {
        if (!engine.pools()) {
            return Pooling.MEAN.pool(vectors.values(), vectors.start(row), 0, tokens, vectors.dimension());
        }
        float[] mean = new float[vectors.dimension()];
        vectors.values().get(vectors.start(row), mean);
        return mean;
    }

    private static float largestDifference(float[] one, float[] other) {
        assertThat(one).hasSameSizeAs(other);
        float largest = 0;
        for (int component = 0; component < one.length; component++) {
            largest = Math.max(largest, Math.abs(one[component] - other[component]));
        }
        return largest;
    }

    private static EngineOptions options(Device device, int padTokenId, int cores, long gpuMemoryLimit) {
        return new EngineOptions(device, padTokenId, Comparisons.MEAN, Comparisons.REPEATED, cores, gpuMemoryLimit);
    }
}
