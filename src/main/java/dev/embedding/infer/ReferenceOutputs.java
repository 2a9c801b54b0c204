package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.embedding.infer.runtime.NativeMemory;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Outputs of a model's shipped graph for some rows, to compare those of a rewritten one with. */
final class ReferenceOutputs {

    private final TokenBatch batch;
    /** For each row its tokens' vectors, {@code [tokens, dimension]}. */
    private final List<float[]> vectors;

    private ReferenceOutputs(TokenBatch batch, List<float[]> vectors) {
        this.batch = batch;
        this.vectors = vectors;
    }

    /**
     * Opens the graph on the CPU, runs it and closes it again, so that no two sessions of the model are open at once.
     */
    static ReferenceOutputs of(InferenceRuntime runtime, Path file, List<int[]> rows, int padTokenId)
            throws OrtException {
        TokenBatch batch = TokenBatch.of(rows);
        try (SessionOptions options = new SessionOptions()) {
            // For a single run: opens twice as fast, in half the memory.
            options.setOptimizationLevel(OptLevel.NO_OPT);
            options.addConfigEntry("session.disable_prepacking", "1");
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (InferenceSession session =
                    InferenceSession.open(runtime, file, options, padTokenId, false, GraphOutput.TOKENS)) {
                return new ReferenceOutputs(batch, vectors(session, batch));
            }
        } finally {
            NativeMemory.giveBack();
        }
    }

    private static List<float[]> vectors(InferenceSession session, TokenBatch batch) throws OrtException {
        TokenVectors outputs = session.run(batch, new Workspace(), new RunTermination());
        return IntStream.range(0, batch.rows().size())
                .mapToObj(row -> {
                    int tokens = outputs.vectorsOfRow() == 1 ? 1 : batch.rows().get(row).length;
                    float[] values = new float[tokens * outputs.dimension()];
                    outputs.values().get(outputs.start(row), values);
                    return values;
                })
                .toList();
    }

    /**
     * The largest difference from the session's outputs, relative to the row's largest number. Where the session gives
     * only the first token's vectors, only these are compared.
     *
     * @return infinity when any number is NaN
     */
    double difference(InferenceSession session) throws OrtException {
        TokenVectors outputs = session.run(batch, new Workspace(), new RunTermination());
        FloatBuffer values = outputs.values();
        double largest = 0;
        for (int row = 0; row < vectors.size(); row++) {
            float[] shipped = vectors.get(row);
            int numbers = outputs.vectorsOfRow() == 1 ? Math.min(outputs.dimension(), shipped.length) : shipped.length;
            double difference = 0;
            double scale = Float.MIN_NORMAL;
            for (int index = 0; index < numbers; index++) {
                difference = larger(difference, Math.abs(shipped[index] - values.get(outputs.start(row) + index)));
                scale = larger(scale, Math.abs(shipped[index]));
            }
            largest = larger(largest, difference / scale);
        }
        return largest;
    }

    private static double larger(double one, double other) {
        return Double.isNaN(one) || Double.isNaN(other) ? Double.POSITIVE_INFINITY : Math.max(one, other);
    }
}
