package dev.embedding.serving.model;

import dev.embedding.SampleTexts;
import dev.embedding.batch.BatchResult;
import dev.embedding.batch.BatchRow;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.hub.DownloadProgress;
import dev.embedding.model.locate.HubModels;
import dev.embedding.model.locate.ModelLocator;
import dev.embedding.support.DaemonThreads;
import dev.embedding.tokenize.TokenizedText;
import io.smallrye.mutiny.Uni;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures two models on the same lanes, the bundled one and one that computes four times as much for a token: each has
 * batch rows waiting all the time, and a caller of one interactive row at a time. {@code bench/lane-shares} runs it.
 *
 * <p>Written as a program, as what is measured are minutes of load and not calls.
 */
public final class LaneSharesBenchmark {

    private static final Path BUNDLED = Path.of("target/models");
    private static final String SMALL = "BAAI/bge-small-en-v1.5";
    private static final Path LARGE = Path.of("target/lane-shares/base-width");
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int PASSAGES_WAITING = 64;

    /** Time of the batch that a lane has just computed, until the first of its rows is known to be of a model. */
    private static final ThreadLocal<Long> UNCLAIMED_NANOS = ThreadLocal.withInitial(() -> 0L);

    private LaneSharesBenchmark() {}

    /** Model, and what is computed for it while it is under load. */
    private static final class Load {
        private final String name;
        private final LoadedModel model;
        private final List<BatchRow<TokenizedText>> passages;
        private final BatchRow<TokenizedText> query;
        private final LongAdder laneNanos = new LongAdder();
        private final LongAdder tokens = new LongAdder();
        private final List<Long> latencies = new ArrayList<>();
        private volatile boolean isRunning;

        Load(String name, LoadedModel model) {
            this.name = name;
            this.model = model;
            this.passages = rows(new SampleTexts().texts(PASSAGES_WAITING, 600));
            this.query = rows(List.of("How do I reset my password?")).get(0);
        }

        private List<BatchRow<TokenizedText>> rows(List<String> texts) {
            return Input.ofTexts(texts).stream()
                    .map(text -> model.row(model.tokenizer().tokenize("", text, () -> {}), null))
                    .toList();
        }

        /** Keeps passages waiting, and sends one query after the other, 100 to 300 ms apart, for a time. */
        void run(Duration time) {
            laneNanos.reset();
            tokens.reset();
            latencies.clear();
            isRunning = true;
            for (int passage = 0; passage < PASSAGES_WAITING; passage++) {
                submitPassage(passage);
            }
            Random pauses = new Random(11);
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(
                        Duration.ofMillis(100 + pauses.nextInt(200)).toNanos());
                long start = System.nanoTime();
                var unused = submit(Priority.INTERACTIVE, query).await().indefinitely();
                latencies.add(System.nanoTime() - start);
            }
            isRunning = false;
        }

        private void submitPassage(int number) {
            var unused = submit(Priority.BATCH, passages.get(number % PASSAGES_WAITING))
                    .subscribe()
                    .with(result -> submitPassage(number + 1));
        }

        /** Submits a row, which is counted on the lane that has computed it; rows after the end are not. */
        private Uni<BatchResult<Output>> submit(Priority priority, BatchRow<TokenizedText> row) {
            if (!isRunning) {
                return Uni.createFrom().nothing();
            }
            return model.batcher()
                    .admit(priority, row.tokens())
                    .submit(List.of(row), System.nanoTime() + LONGEST.toNanos())
                    .invoke(result -> {
                        if (isRunning) {
                            tokens.add(row.tokens());
                            laneNanos.add(UNCLAIMED_NANOS.get());
                        }
                        UNCLAIMED_NANOS.set(0L);
                    });
        }

        void awaitIdle() {
            while (model.batcher().load().rows() > 0) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
        }

        private double milliseconds(double quantile) {
            long[] sorted =
                    latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))] / 1e6;
        }

        String row(String shares, double seconds) {
            return String.format(
                    Locale.ROOT,
                    "%-8s %-10s %9.2f %10.0f %9.1f %9.1f",
                    shares,
                    name,
                    laneNanos.sum() / 1e9 / seconds,
                    tokens.sum() / seconds,
                    milliseconds(0.5),
                    milliseconds(0.99));
        }
    }

    /** Arguments: the seconds of each measurement, and the number of lanes. */
    public static void main(String[] arguments) throws Exception {
        Duration time = Duration.ofSeconds(Math.max(1, Integer.parseInt(arguments[0])));
        int lanes = Integer.parseInt(arguments[1]);
        RandomModel.write(LARGE, BUNDLED.resolve(SMALL).resolve("tokenizer.json"));
        ModelHost host = new ModelHost(
                lanes,
                lanes,
                new QueueLimits(new WaitLimits(LONGEST, LONGEST), LONGEST),
                (rows, tokens, padded, nanos) -> UNCLAIMED_NANOS.set(UNCLAIMED_NANOS.get() + nanos));
        Load small = new Load("bge-small", load(SMALL, host));
        Load large = new Load("base width", load(LARGE.toString(), host));
        System.out.println(lanes + " lanes; lane time in seconds a second");
        System.out.println("shares   model      lane time   tokens/s  p50 in ms p99 in ms");
        run(time.dividedBy(4), small, large); // warms up
        for (Load alone : List.of(small, large)) {
            run(time, alone);
            System.out.println(alone.row("alone", time.toNanos() / 1e9));
        }
        for (int[] shares : new int[][] {{1, 1}, {4, 1}, {1, 4}, {1, 100}, {100, 1}}) {
            small.model.batcher().retuneShare(shares[0]);
            large.model.batcher().retuneShare(shares[1]);
            run(time, small, large);
            for (Load load : List.of(small, large)) {
                System.out.println(load.row(shares[0] + ":" + shares[1], time.toNanos() / 1e9));
            }
        }
        small.model.close(Duration.ofSeconds(10));
        large.model.close(Duration.ofSeconds(10));
        host.close();
    }

    private static void run(Duration time, Load... loads) throws InterruptedException {
        List<Thread> callers = new ArrayList<>();
        for (Load load : loads) {
            callers.add(DaemonThreads.start("caller", () -> load.run(time)));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        for (Load load : loads) {
            load.awaitIdle();
        }
    }

    private static LoadedModel load(String name, ModelHost host) {
        ModelLocator locator = new ModelLocator(
                List.of(BUNDLED),
                new HubModels(variable -> Optional.empty(), OptionalLong.empty(), DownloadProgress.NONE),
                new ArchitectureGraphs());
        return LoadedModel.load(locator.locate(ModelRequest.of(name)), new ModelOptions("cpu", 32, 0), host);
    }
}
