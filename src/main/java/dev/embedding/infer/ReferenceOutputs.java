package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.embedding.infer.runtime.NativeMemory;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Vectors from a model's shipped graph for some rows, to compare those of a rewritten one with. */
final class ReferenceOutputs {

    /** Head of vectors that the graph pools: one a text. */
    private static final VectorHead AS_IT_IS = new VectorHead(List.of(Pooling.CLS), false, VectorSteps.NONE);

    private final TokenBatch batch;
    /** For each row its text's vector. */
    private final List<float[]> vectors;

    private ReferenceOutputs(TokenBatch batch, List<float[]> vectors) {
        this.batch = batch;
        this.vectors = vectors;
    }

    /**
     * Opens the graph on the CPU, runs it and closes it again, so that no two sessions of the model are open at once.
     */
    static ReferenceOutputs of(
            InferenceRuntime runtime, Path file, List<int[]> rows, int padTokenId, Optional<VectorHead> head)
            throws OrtException {
        TokenBatch batch = TokenBatch.of(rows);
        GraphOutput output = head.isPresent() ? GraphOutput.TOKENS : GraphOutput.TEXTS;
        try (SessionOptions options = new SessionOptions()) {
            // For a single run: opens twice as fast, in half the memory.
            options.setOptimizationLevel(OptLevel.NO_OPT);
            options.addConfigEntry("session.disable_prepacking", "1");
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            try (InferenceSession session = InferenceSession.open(runtime, file, options, padTokenId, false, output)) {
                return new ReferenceOutputs(batch, vectors(session, batch, head));
            }
        } finally {
            NativeMemory.giveBack();
        }
    }

    private static List<float[]> vectors(InferenceSession session, TokenBatch batch, Optional<VectorHead> head)
            throws OrtException {
        TokenVectors outputs = session.run(batch, new Workspace(), new RunTermination());
        VectorHead applied = head.orElse(AS_IT_IS);
        return IntStream.range(0, batch.rows().size())
                .mapToObj(row -> applied.apply(
                        outputs.values(), outputs.start(row), 0, batch.rows().get(row).length, outputs.dimension()))
                .toList();
    }

    /**
     * The largest difference from the session's vectors, relative to the vector's largest number.
     *
     * @return infinity when any number is NaN
     */
    double difference(InferenceSession session) throws OrtException {
        TokenVectors outputs = session.run(batch, new Workspace(), new RunTermination());
        double largest = 0;
        for (int row = 0; row < vectors.size(); row++) {
            float[] shipped = vectors.get(row);
            double difference = 0;
            double scale = Float.MIN_NORMAL;
            for (int index = 0; index < shipped.length; index++) {
                float rewritten = outputs.values().get(outputs.start(row) + index);
                difference = larger(difference, Math.abs(shipped[index] - rewritten));
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
