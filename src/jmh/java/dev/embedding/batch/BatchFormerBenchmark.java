package dev.embedding.batch;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;

/** Benchmark of the choice of a batch's rows, which is made under the lanes' lock. */
public class BatchFormerBenchmark extends MicrosecondsBenchmark {

    private final Random random = new Random(7);
    private final int[] lone = {16};
    private final int[] few = lengths(16);
    private final int[] full = lengths(256);
    private final BatchLimits cpu = limits(32, 256, true);
    private final BatchLimits gpu = limits(32, 16_384, false);

    @Benchmark
    public int[] loneRow() {
        return BatchFormer.choose(lone, cpu);
    }

    @Benchmark
    public int[] sixteenRows() {
        return BatchFormer.choose(few, cpu);
    }

    @Benchmark
    public int[] fullWindow() {
        return BatchFormer.choose(full, cpu);
    }

    @Benchmark
    public int[] fullWindowForGpu() {
        return BatchFormer.choose(full, gpu);
    }

    /** Log-normal lengths with a mean of about 120 tokens. */
    private int[] lengths(int count) {
        int[] lengths = new int[count];
        for (int index = 0; index < count; index++) {
            lengths[index] = (int) Math.max(6, Math.min(512, Math.exp(4.4 + 0.9 * random.nextGaussian())));
        }
        return lengths;
    }

    private static BatchLimits limits(int rows, int tokens, boolean packed) {
        return new BatchLimits(
                rows,
                tokens,
                0.1,
                Duration.ofMillis(250),
                new BatchCost(8, packed, 1_400),
                256,
                2,
                1_000_000,
                new WaitLimits(Duration.ofSeconds(10), Duration.ofSeconds(300)));
    }
}
