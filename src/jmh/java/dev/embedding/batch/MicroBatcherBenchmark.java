package dev.embedding.batch;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Benchmark of a request's way through the batcher (admit, submit, cut, complete) around a function that does nothing. */
public class MicroBatcherBenchmark extends MicrosecondsBenchmark {

    private static final int LANE = 0;
    private static final BatchLimits LIMITS = new BatchLimits(
            32,
            4_096,
            0.1,
            Duration.ofSeconds(10),
            new BatchCost(8, true, 1_400),
            256,
            2,
            1_000_000_000,
            new WaitLimits(Duration.ofDays(1), Duration.ofDays(1)));

    /** Models that share the lanes. */
    @Param({"1", "4"})
    int batchers;

    private final Lanes lanes = new Lanes(2, System::nanoTime);
    private final List<MicroBatcher<Integer, Integer>> models = new ArrayList<>();
    private final List<BatchRow<Integer>> lone = rows(1);
    private final List<BatchRow<Integer>> many = rows(32);
    private int turn;

    @Setup
    public void attach() {
        for (int model = 0; model < batchers; model++) {
            models.add(new MicroBatcher<>(
                    lanes,
                    (rows, run) -> rows.stream()
                            .<RowOutcome<Integer>>map(RowOutcome.Computed::new)
                            .toList(),
                    LIMITS,
                    1e6,
                    (rows, tokens, padded, nanos) -> {},
                    RowCache.none(),
                    System::nanoTime));
        }
    }

    @Benchmark
    public Object loneRow() {
        return compute(lone);
    }

    @Benchmark
    public Object thirtyTwoRows() {
        return compute(many);
    }

    private Object compute(List<BatchRow<Integer>> rows) {
        MicroBatcher<Integer, Integer> model = models.get(turn++ % batchers);
        List<Object> results = new ArrayList<>(1);
        model.admit(Priority.INTERACTIVE, rows.size())
                .submit(rows, Long.MAX_VALUE / 2)
                .subscribe()
                .with(results::add);
        while (results.isEmpty()) {
            lanes.runOne(LANE);
        }
        return results;
    }

    private static List<BatchRow<Integer>> rows(int count) {
        return IntStream.range(0, count)
                .mapToObj(row -> new BatchRow<>(row, 16))
                .toList();
    }
}
