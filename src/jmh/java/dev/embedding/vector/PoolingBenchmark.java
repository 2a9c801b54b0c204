package dev.embedding.vector;

import dev.embedding.MicrosecondsBenchmark;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;

/** Measures pooling the token vectors of one text, {@code [128, 384]} in a direct buffer. */
public class PoolingBenchmark extends MicrosecondsBenchmark {

    private static final int TOKENS = 128;
    private static final int DIMENSION = 384;

    private final FloatBuffer hidden = hidden();
    private final float[] vector = Pooling.CLS.pool(hidden, 0, 0, TOKENS, DIMENSION);

    @Benchmark
    public float[] firstToken() {
        return Pooling.CLS.pool(hidden, 0, 0, TOKENS, DIMENSION);
    }

    @Benchmark
    public float[] mean() {
        return Pooling.MEAN.pool(hidden, 0, 0, TOKENS, DIMENSION);
    }

    @Benchmark
    public float[] max() {
        return Pooling.MAX.pool(hidden, 0, 0, TOKENS, DIMENSION);
    }

    @Benchmark
    public float[] weightedMean() {
        return Pooling.WEIGHTED_MEAN.pool(hidden, 0, 0, TOKENS, DIMENSION);
    }

    @Benchmark
    public float[] normalise() {
        float[] copy = vector.clone();
        VectorNorm.normalize(copy);
        return copy;
    }

    @Benchmark
    public boolean checkFinite() {
        return VectorNorm.isFinite(vector);
    }

    private static FloatBuffer hidden() {
        Random random = new Random(7);
        FloatBuffer hidden = ByteBuffer.allocateDirect(TOKENS * DIMENSION * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        while (hidden.hasRemaining()) {
            hidden.put((float) random.nextGaussian());
        }
        return hidden.flip();
    }
}
