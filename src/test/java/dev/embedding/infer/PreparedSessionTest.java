package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares outputs of rewritten graphs with those of the shipped ones. */
class PreparedSessionTest {

    private static final Path BUNDLED = Path.of("target", "models", "BAAI", "bge-small-en-v1.5", "onnx", "model.onnx");
    private static final InferenceRuntime RUNTIME = new InferenceRuntime();

    @Test
    void packsTheBundledModel() throws OrtException {
        try (InferenceSession session = open(BUNDLED, true, true)) {
            assertThat(session.packsTokens()).isTrue();
        }
    }

    @Test
    void doesNotRewriteHalfPrecision() throws OrtException {
        Path weights = ReferenceModel.of("bert-mean-fp16").weights();
        try (InferenceSession session = open(weights, false, true)) {
            assertThat(session.packsTokens()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, true", "true, false", "true, true"})
    void givesTheBundledModelsVectors(boolean firstTokenOnly, boolean packTokens) throws OrtException {
        // Tolerance for token vectors with components up to 3; the texts' vectors have length 1.
        requireSameVectors(BUNDLED, firstTokenOnly, packTokens, 30_000, 1e-5f);
    }

    /** Covers layouts that can be rewritten and layouts that cannot. */
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
        requireSameVectors(weights, false, true, 100, 1e-5f);
        requireSameVectors(weights, true, true, 100, 1e-5f);
    }

    private static void requireSameVectors(
            Path weights, boolean firstTokenOnly, boolean packTokens, int vocabulary, float tolerance)
            throws OrtException {
        Random random = new Random(1);
        try (InferenceSession shipped =
                        InferenceSession.open(RUNTIME, weights, new SessionOptions(), 0, false, GraphOutput.TOKENS);
                InferenceSession prepared = open(weights, firstTokenOnly, packTokens)) {
            for (int rows = 1; rows <= 8; rows++) {
                TokenBatch batch = TokenBatch.of(rows(random, rows, vocabulary));
                TokenVectors all = shipped.run(batch, new Workspace(), new RunTermination());
                TokenVectors some = prepared.run(batch, new Workspace(), new RunTermination());
                for (int row = 0; row < rows; row++) {
                    int tokens = some.vectorsOfRow() == 1 ? 1 : batch.rows().get(row).length;
                    for (int component = 0; component < tokens * all.dimension(); component++) {
                        assertThat(some.values().get(some.start(row) + component))
                                .as("row %d of %d, component %d", row, rows, component)
                                .isCloseTo(all.values().get(all.start(row) + component), within(tolerance));
                    }
                }
            }
        }
    }

    private static List<int[]> rows(Random random, int count, int vocabulary) {
        List<int[]> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            rows.add(random.ints(1 + random.nextInt(20), 3, vocabulary).toArray());
        }
        rows.sort((one, other) -> other.length - one.length);
        return rows;
    }

    private static InferenceSession open(Path weights, boolean firstTokenOnly, boolean packTokens) throws OrtException {
        GraphOutput requestedOutput = firstTokenOnly ? GraphOutput.FIRST_TOKENS : GraphOutput.TOKENS;
        return new SessionOpener(RUNTIME, weights, 0, requestedOutput, Comparisons.REPEATED)
                .open(new SessionOptions(), packTokens ? ExecutionTarget.CPU : ExecutionTarget.CUDA);
    }
}
