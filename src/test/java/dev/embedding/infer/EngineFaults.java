package dev.embedding.infer;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Injects faults into each session that a runtime opens. The clock advances only when a test says so, and with it runs
 * are terminated and abandoned.
 */
public final class EngineFaults {

    /** The behaviour of a run whose batch has a faulty text. */
    public enum Fault {
        NONE,
        THROWS,
        /** Runs until it is terminated. */
        IS_SLOW,
        /** Runs until the test ends, even when it is terminated. */
        HANGS,
        GIVES_NAN,
        GIVES_INFINITY,
        GIVES_TOO_LITTLE,
        IS_OUT_OF_MEMORY,
        IS_OUT_OF_JAVA_MEMORY
    }

    /** A batch is faulty when this holds for one of its rows of token ids. */
    public volatile Predicate<int[]> guilty = ids -> true;

    /** A batch of at most as many rows never runs out of memory. */
    public volatile int rowsInMemory = 0;

    public volatile Fault fault = Fault.NONE;

    /** While false, newly opened sessions have no faults. */
    public volatile boolean freshOnesAreFine;

    public final Queue<Integer> rowsOfRuns = new ConcurrentLinkedQueue<>();
    public final AtomicInteger closed = new AtomicInteger();
    public final AtomicInteger opened = new AtomicInteger();

    private final AtomicInteger hanging = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong now = new AtomicLong();
    private final RunWatchdog watchdog = new RunWatchdog(now::get);
    private final InferenceRuntime runtime = new InferenceRuntime(InferenceRuntime.RUN_TIMEOUT, watchdog, session -> {
        opened.incrementAndGet();
        return new Faulty(session, freshOnesAreFine);
    });

    public InferenceRuntime runtime() {
        return runtime;
    }

    /** Waits until the given number of runs are slow or hang. */
    public void awaitHanging(int runs) {
        while (hanging.get() < runs) {
            Thread.onSpinWait();
        }
    }

    /** Terminates all runs in progress. */
    public void terminateRuns() {
        pass(InferenceRuntime.RUN_TIMEOUT.plusMillis(1));
    }

    /** Terminates all runs in progress, and abandons those that do not end. */
    public void giveUpRuns() {
        terminateRuns();
        pass(RunWatchdog.GRACE);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
        watchdog.check();
    }

    /** Lets hanging runs return. */
    public void end() {
        end.countDown();
    }

    private final class Faulty implements BatchRunner {
        private final BatchRunner session;
        private final boolean fine;

        Faulty(BatchRunner session, boolean fine) {
            this.session = session;
            this.fine = fine;
        }

        @Override
        public TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException {
            rowsOfRuns.add(batch.rows().size());
            if (fine || batch.rows().stream().noneMatch(guilty)) {
                return session.run(batch, workspace, termination);
            }
            return switch (fault) {
                case NONE -> session.run(batch, workspace, termination);
                case THROWS -> throw new OrtException("thrown by a test");
                case IS_SLOW -> {
                    CountDownLatch told = new CountDownLatch(1);
                    termination.onRequest(told::countDown);
                    hang(told);
                    throw new OrtException("Exiting due to terminate flag being set to true.");
                }
                case HANGS -> {
                    hang(end);
                    throw new OrtException("hung until the end of a test");
                }
                case GIVES_NAN -> spoiled(batch, workspace, termination, Float.NaN);
                case GIVES_INFINITY -> spoiled(batch, workspace, termination, Float.NEGATIVE_INFINITY);
                case GIVES_TOO_LITTLE -> {
                    TokenVectors all = session.run(batch, workspace, termination);
                    FloatBuffer some =
                            all.values().duplicate().limit(all.values().limit() - 1);
                    yield new TokenVectors(some, all.vectorsOfRow(), all.dimension());
                }
                case IS_OUT_OF_MEMORY -> {
                    if (batch.rows().size() <= rowsInMemory) {
                        yield session.run(batch, workspace, termination);
                    }
                    throw new OrtException("Failed to allocate memory for requested buffer of size 123");
                }
                case IS_OUT_OF_JAVA_MEMORY -> throw new OutOfMemoryError("thrown by a test");
            };
        }

        private TokenVectors spoiled(TokenBatch batch, Workspace workspace, RunTermination termination, float value)
                throws OrtException {
            TokenVectors vectors = session.run(batch, workspace, termination);
            for (int row = 0; row < batch.rows().size(); row++) {
                if (guilty.test(batch.rows().get(row))) {
                    vectors.values().put(vectors.start(row), value);
                }
            }
            return vectors;
        }

        private void hang(CountDownLatch until) {
            hanging.incrementAndGet();
            try {
                until.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            } finally {
                hanging.decrementAndGet();
            }
        }

        @Override
        public int dimension() {
            return session.dimension();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            session.close();
        }
    }
}
