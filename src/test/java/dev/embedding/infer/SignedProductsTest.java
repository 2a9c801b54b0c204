package dev.embedding.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.embedding.fixture.ReferenceModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs a shipped graph with signed 8-bit weights as on a processor that would saturate their products. */
class SignedProductsTest {

    private static final InferenceRuntime RUNTIME = new InferenceRuntime();
    private static final Path QUANTIZED =
            ReferenceModel.of("onnx-only-quantized").directory().resolve("onnx/model_quantized.onnx");

    @Test
    void givesTheVectorsOfAnExactProcessor() throws OrtException {
        assumeTrue(
                RUNTIME.sumsSignedProductsExactly(), "This processor saturates, so there is nothing to compare with");
        try (SessionOptions options = new SessionOptions();
                SessionOptions unsigned = new SessionOptions()) {
            unsigned.addConfigEntry(InferenceEngine.EXACT_PRODUCTS, "1");

            assertThat(vectors(unsigned)).containsExactly(vectors(options));
        }
    }

    @Test
    void opensAGraphThatCannotBeConverted() throws OrtException {
        OnceRefused sessions = new OnceRefused();

        InferenceSession opened = InferenceEngine.openOnCpu(sessions, 1, true);

        assertThat(opened.dimension()).isPositive();
        assertThat(sessions.calls).isEqualTo(2);
        opened.close();
    }

    @Test
    void opensAnyGraphOnceWhereNothingSaturates() {
        OnceRefused sessions = new OnceRefused();

        assertThatThrownBy(() -> InferenceEngine.openOnCpu(sessions, 1, false)).hasMessageContaining("zero point");
        assertThat(sessions.calls).isOne();
    }

    private static final class OnceRefused implements Sessions {
        private int calls;

        @Override
        public InferenceSession open(SessionOptions options, ExecutionTarget place) throws OrtException {
            calls++;
            if (calls == 1) {
                throw new OrtException("Weights share a zero point");
            }
            return InferenceSession.open(RUNTIME, QUANTIZED, options, 0, false, GraphOutput.TOKENS);
        }

        @Override
        public GraphForm form() {
            return GraphForm.AS_SHIPPED;
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    private static float[] vectors(SessionOptions options) throws OrtException {
        options.setIntraOpNumThreads(1);
        try (InferenceSession session =
                InferenceSession.open(RUNTIME, QUANTIZED, options, 0, false, GraphOutput.TOKENS)) {
            int[] ids = ReferenceModel.of("onnx-only-quantized").tokenIds().get(0);
            TokenVectors vectors = session.run(TokenBatch.of(List.of(ids)), new Workspace(), new RunTermination());
            float[] values = new float[vectors.values().remaining()];
            vectors.values().get(values);
            return values;
        }
    }
}
