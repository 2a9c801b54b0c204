package dev.embedding.infer.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.PooledOutput;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.infer.GraphOutput;
import dev.embedding.infer.GraphSource.OnnxFile;
import dev.embedding.infer.InferenceRuntime;
import dev.embedding.infer.InferenceSession;
import dev.embedding.infer.RunTermination;
import dev.embedding.infer.TokenBatch;
import dev.embedding.infer.TokenVectors;
import dev.embedding.infer.Workspace;
import dev.embedding.infer.quantize.ModelQuantizer.Task;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantizes models in sentence-transformers' layouts on this machine. */
class ModelQuantizerTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();

    private final Path directory;

    ModelQuantizerTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @CsvSource({
        "bert-cls-normalize, false, true",
        "bert-cls-normalize, true, true",
        "distilbert-mean, false, false",
        "roberta-mean-bpe, true, false",
        "mpnet-mean-normalize, false, false",
        "modernbert-rope-mean, true, false",
        "bert-sentence-embedding-output, false, false",
        "bert-mean-external-data, false, false",
        "bert-mean-external-data, true, true",
        "onnx-external-two-files, false, false",
        "onnx-int32-inputs, true, false",
        "plain-transformers, false, false"
    })
    void computesNearlyTheSameVectors(String name, boolean fine, boolean firstTokenOnly)
            throws IOException, OrtException {
        ReferenceModel model = ReferenceModel.of(name);
        Path quantized = quantized(new ModelQuantizer(RUNTIME, 2), model, fine, firstTokenOnly, "model.onnx");

        assertThat(Files.size(quantized)).isPositive();
        List<float[]> expected = firstVectors(model.weights(), model.tokenIds());
        List<float[]> actual = firstVectors(quantized, model.tokenIds());
        for (int text = 0; text < expected.size(); text++) {
            assertThat(Cosine.of(expected.get(text), actual.get(text)))
                    .as("text %d", text)
                    .isGreaterThan(0.99);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void computesTheSameWithBothFormsOfWeights(boolean fine) throws IOException, OrtException {
        ReferenceModel model = ReferenceModel.of("bert-cls-normalize");
        Path unsigned = quantized(new ModelQuantizer(RUNTIME, 2, false), model, fine, true, "unsigned.onnx");
        Path exact = quantized(new ModelQuantizer(RUNTIME, 2), model, fine, true, "exact.onnx");

        List<float[]> expected = firstVectors(unsigned, model.tokenIds());
        List<float[]> actual = firstVectors(exact, model.tokenIds());
        for (int text = 0; text < expected.size(); text++) {
            assertThat(actual.get(text)).containsExactly(expected.get(text));
        }
    }

    @Test
    void keepsTheGraphsOwnVectorsBesideItsTokenVectors() throws IOException, OrtException {
        ReferenceModel model = PooledOutput.reference();
        Path weights = directory.resolve("exported.onnx");
        ModelProto exported = ModelProto.parseFrom(Files.readAllBytes(model.weights()));
        Files.write(
                weights,
                PooledOutput.renamed(exported, "token_embeddings", "last_hidden_state")
                        .toByteArray());
        Path target = directory.resolve("model.onnx");

        new ModelQuantizer(RUNTIME, 2)
                .quantize(
                        new Task(new OnnxFile(weights), Optional.empty(), false, 0),
                        model.tokenIds(),
                        target,
                        ModelQuantizerTest::noPause);

        List<float[]> actual = firstVectors(target, model.tokenIds(), GraphOutput.TEXTS);
        for (int text = 0; text < actual.size(); text++) {
            assertThat(Cosine.of(model.vectors(true).get(text), actual.get(text)))
                    .as("text %d", text)
                    .isGreaterThan(0.99);
        }
    }

    @Test
    void writesTheSameFileAgain() throws IOException {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");

        Path once = quantized(new ModelQuantizer(RUNTIME, 2), model, false, false, "once.onnx");
        Path again = quantized(new ModelQuantizer(RUNTIME, 2), model, false, false, "again.onnx");

        assertThat(again).hasSameBinaryContentAs(once);
    }

    @Test
    void leavesNoFilesWhenAborted() throws IOException {
        ReferenceModel model = ReferenceModel.of("distilbert-mean");
        int[] calls = {0};

        assertThatThrownBy(() -> new ModelQuantizer(RUNTIME, 2)
                        .quantize(
                                new Task(new OnnxFile(model.weights()), Optional.empty(), false, 0),
                                model.tokenIds(),
                                directory.resolve("model.onnx"),
                                () -> {
                                    if (++calls[0] == 3) {
                                        throw new IllegalStateException("stopped");
                                    }
                                }))
                .hasMessage("stopped");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void rejectsAModelThatIsAlreadyQuantized() {
        ReferenceModel model = ReferenceModel.of("onnx-only-quantized");
        Path weights = model.directory().resolve("onnx/model_quantized.onnx");

        assertThatThrownBy(() -> new ModelQuantizer(RUNTIME, 2)
                        .quantize(
                                new Task(new OnnxFile(weights), Optional.empty(), false, 0),
                                List.of(new int[] {1}),
                                directory.resolve("model.onnx"),
                                ModelQuantizerTest::noPause))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("no matrix multiplication with constant weights");
    }

    private Path quantized(
            ModelQuantizer quantizer, ReferenceModel model, boolean fine, boolean firstTokenOnly, String name)
            throws IOException {
        Path target = directory.resolve(name);
        Optional<VectorHead> head = firstTokenOnly
                ? Optional.of(new VectorHead(List.of(Pooling.CLS), false, VectorSteps.NONE))
                : Optional.empty();
        quantizer.quantize(
                new Task(new OnnxFile(model.weights()), head, fine, 0),
                model.tokenIds(),
                target,
                ModelQuantizerTest::noPause);
        return target;
    }

    private static List<float[]> firstVectors(Path file, List<int[]> texts) throws OrtException {
        return firstVectors(file, texts, GraphOutput.TOKENS);
    }

    private static List<float[]> firstVectors(Path file, List<int[]> texts, GraphOutput requestedOutput)
            throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (InferenceSession session = InferenceSession.open(RUNTIME, file, options, 0, false, requestedOutput)) {
                return texts.stream().map(ids -> firstVector(session, ids)).toList();
            }
        }
    }

    private static float[] firstVector(InferenceSession session, int[] ids) {
        try {
            TokenVectors vectors = session.run(TokenBatch.of(List.of(ids)), new Workspace(), new RunTermination());
            float[] first = new float[vectors.dimension()];
            vectors.values().get(first);
            return first;
        } catch (OrtException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void noPause() {}
}
