package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.vector.Normalization;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares outputs of rewritten graphs with those of the shipped ones. */
class PreparedSessionTest {

    private static final Path BUNDLED = Path.of("target", "models", "BAAI", "bge-small-en-v1.5", "onnx", "model.onnx");
    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final VectorHead CLS = Comparisons.CLS.orElseThrow();
    private static final VectorHead MEAN = Comparisons.MEAN.orElseThrow();
    private static final List<VectorHead> HEADS = List.of(
            CLS,
            MEAN,
            new VectorHead(List.of(Pooling.MEAN, Pooling.CLS), true, VectorSteps.NONE),
            new VectorHead(List.of(Pooling.LAST_TOKEN), false, VectorSteps.NONE),
            new VectorHead(
                    List.of(Pooling.MAX, Pooling.LAST_TOKEN), false, new VectorSteps(List.of(new Normalization()))),
            new VectorHead(List.of(Pooling.WEIGHTED_MEAN, Pooling.MEAN_SQRT_LEN), true, VectorSteps.NONE));

    @Test
    void packsTheBundledModel() throws OrtException {
        try (InferenceSession session = open(BUNDLED, CLS, ExecutionTarget.CPU)) {
            assertThat(session.packsTokens()).isTrue();
            assertThat(session.pools()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-dynamo",
                "bert-cls-sdpa",
                "bert-cls-normalize",
                "bert-mean-external-data",
                "distilbert-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts"
            })
    void rewritesTheExportsOfEveryExporter(String name) throws OrtException {
        for (VectorHead head : List.of(CLS, MEAN)) {
            try (InferenceSession session = open(ReferenceModel.of(name).weights(), head, ExecutionTarget.CPU)) {
                assertThat(session.packsTokens()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-sentence-embedding-output/onnx/model.onnx", "no-modules-bert-cls/model.onnx"})
    void packsAGraphThatPoolsAndKeepsItsVectors(String file) throws OrtException {
        Path weights = ReferenceVectors.MODELS.resolve(file);
        TokenBatch batch = batch(new Random(1), 5, 100, false);
        try (InferenceSession shipped =
                        InferenceSession.open(RUNTIME, weights, new SessionOptions(), 0, false, GraphOutput.TEXTS);
                InferenceSession prepared = new SessionOpener(
                                RUNTIME, weights, 0, Optional.empty(), Comparisons.REPEATED)
                        .open(new SessionOptions(), ExecutionTarget.CPU)) {
            assertThat(prepared.packsTokens()).isTrue();
            assertThat(numbers(prepared, batch))
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(numbers(shipped, batch));
        }
    }

    private static float[] numbers(InferenceSession session, TokenBatch batch) throws OrtException {
        TokenVectors vectors = session.run(batch, new Workspace(), new RunTermination());
        float[] numbers = new float[vectors.values().remaining()];
        vectors.values().get(numbers);
        return numbers;
    }

    @Test
    void doesNotRewriteHalfPrecision() throws OrtException {
        Path weights = ReferenceModel.of("bert-mean-fp16").weights();
        try (InferenceSession session = open(weights, MEAN, ExecutionTarget.CPU)) {
            assertThat(session.packsTokens()).isFalse();
        }
    }

    static List<VectorHead> headsWithAllPoolings() {
        return List.of(CLS, new VectorHead(List.of(Pooling.values()), true, VectorSteps.NONE));
    }

    @ParameterizedTest
    @MethodSource("headsWithAllPoolings")
    void givesTheBundledModelsVectors(VectorHead head) throws OrtException {
        // Components of its token vectors are up to 3, and of sums over tokens up to 10.
        requireSameVectors(BUNDLED, head, ExecutionTarget.CPU, 30_000, 2e-5f);
    }

    @Test
    void givesTheBundledModelsVectorsOfTheFirstTokenWithoutPacking() throws OrtException {
        requireSameVectors(BUNDLED, CLS, ExecutionTarget.CUDA, 30_000, 1e-5f);
    }

    /** Covers layouts and operator sets that can be rewritten, and some that cannot. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert-cls-dynamo",
                "bert-cls-sdpa",
                "bert-cls-normalize",
                "distilbert-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts",
                "bert-max",
                "modernbert-rope-mean",
                "bert-mean-external-data",
                "plain-transformers"
            })
    void givesTheVectorsOfEveryLayout(String name) throws OrtException {
        Path weights = ReferenceModel.of(name).weights();
        for (VectorHead head : HEADS) {
            requireSameVectors(weights, head, ExecutionTarget.CPU, 100, 1e-5f);
        }
    }

    private static void requireSameVectors(
            Path weights, VectorHead head, ExecutionTarget place, int vocabulary, float tolerance) throws OrtException {
        Random random = new Random(1);
        try (InferenceSession shipped =
                        InferenceSession.open(RUNTIME, weights, new SessionOptions(), 0, false, GraphOutput.TOKENS);
                InferenceSession prepared = open(weights, head, place)) {
            for (int rows : new int[] {1, 3, 8}) {
                TokenBatch batch = batch(random, rows, vocabulary, head.skipsTokens());
                TokenVectors expected = shipped.run(batch, new Workspace(), new RunTermination());
                TokenVectors actual = prepared.run(batch, new Workspace(), new RunTermination());
                for (int row = 0; row < rows; row++) {
                    assertThat(vector(prepared, actual, head, batch, row))
                            .as("row %d of %d", row, rows)
                            .usingComparatorWithPrecision(tolerance)
                            .containsExactly(ofTokens(expected, head, batch, row));
                }
            }
        }
    }

    private static float[] vector(
            InferenceSession session, TokenVectors vectors, VectorHead head, TokenBatch batch, int row) {
        if (!session.pools()) {
            return ofTokens(vectors, head, batch, row);
        }
        float[] vector = new float[vectors.dimension()];
        vectors.values().get(vectors.start(row), vector);
        return vector;
    }

    private static float[] ofTokens(TokenVectors vectors, VectorHead head, TokenBatch batch, int row) {
        int skipped = head.skipsTokens() ? batch.skipped().get(row) : 0;
        int tokens = batch.rows().get(row).length;
        return head.apply(vectors.values(), vectors.start(row), skipped, tokens, vectors.dimension());
    }

    private static TokenBatch batch(Random random, int count, int vocabulary, boolean skips) {
        List<int[]> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            rows.add(random.ints(1 + random.nextInt(20), 3, vocabulary).toArray());
        }
        rows.sort((one, other) -> other.length - one.length);
        List<Integer> skipped = new ArrayList<>();
        rows.forEach(row -> skipped.add(random.nextInt(row.length)));
        return TokenBatch.of(rows, skips ? skipped : List.of());
    }

    private static InferenceSession open(Path weights, VectorHead head, ExecutionTarget place) throws OrtException {
        return new SessionOpener(RUNTIME, weights, 0, Optional.of(head), Comparisons.REPEATED)
                .open(new SessionOptions(), place);
    }
}
