package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.LaneState.Assignment;
import dev.embedding.batch.admission.FairQueue;
import dev.embedding.batch.admission.LaneTime;
import dev.embedding.batch.admission.Priority;
import dev.embedding.support.DaemonThreads;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that compute batches. They belong to the process, not to a model: all attached batchers share the lanes,
 * which serve next the one that has used the least lane time ÷ its share ({@link FairQueue}).
 *
 * <p>Besides the lanes there is one express lane. A running batch cannot be interrupted, so while all lanes are busy,
 * at least one of them with batch rows, the express lane computes interactive rows: those that go before their source's
 * turn, and those whose turn it is. It has no core of its own: the kernel shares the existing ones. It stays idle while
 * interactive rows keep all lanes busy, as it would only slow them down.
 *
 * <p>A batch is cut only when a free lane requests work (late binding). One lock guards the lanes and the queues of all
 * attached batchers; nothing is computed and no caller's code runs under it.
 */
public final class Lanes implements AutoCloseable {

    /** Source of batches. Called under the lanes' lock. */
    interface WorkSource {
        /** Cuts a batch; null when {@link #canCut} is false. */
        @Nullable
        Work cut();

        /** Cuts a batch of interactive rows; null when {@link #canCutInteractive} is false. */
        @Nullable
        Work cutInteractive();

        boolean hasWaiting();

        /** Whether something waits of which a batch may be cut now. */
        boolean canCut();

        boolean canCutInteractive();

        /** Class of the batch that {@link #cut} cuts. */
        Priority next();

        /** Lane time of what waits, in seconds. */
        default double waitingSeconds() {
            return 0;
        }
    }

    /** Unit of work of a lane: one cut batch. Runs outside the lock. */
    @FunctionalInterface
    interface Work {
        void run(BatchRun run);

        default Priority priority() {
            return Priority.INTERACTIVE;
        }

        /** Lane time in nanoseconds: an estimate, and once it was run or abandoned what it took. */
        default long laneNanos() {
            return 0;
        }

        /** Abandons a run that does not end and returns the remaining work; called once, under the lock. */
        default Work abandon() {
            return run -> {};
        }
    }

    private static final System.Logger LOG = System.getLogger(Lanes.class.getName());

    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    final ReentrantLock lock = new ReentrantLock();
    private final Guarded<LaneState> guarded;
    private final int count;

    /** Starts the lanes and the express lane. */
    public static Lanes start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("There must be at least 1 lane, not " + count);
        }
        Lanes lanes = new Lanes(count, System::nanoTime);
        lanes.startThreads();
        return lanes;
    }

    /**
     * Creates lanes without threads, whose work is done by calls of {@link #runOne}.
     *
     * @param clock monotonic nanoseconds
     */
    Lanes(int count, LongSupplier clock) {
        this.count = count;
        this.guarded = guard(new LaneState(count, lock, clock));
    }

    /** State that is to be guarded by the lanes' lock. */
    <S> Guarded<S> guard(S state) {
        return new Guarded<>(lock, state);
    }

    private void startThreads() {
        guarded.runLocked(state -> {
            for (int lane = 0; lane < threadCount(); lane++) {
                startThread(lane, state);
            }
        });
    }

    /** Called under the lock, which the new thread takes before anything else. */
    private void startThread(int lane, LaneState state) {
        String name = lane == express() ? "lane-express" : "lane-" + lane;
        state.threads.put(lane, DaemonThreads.start(name, () -> serve(lane)));
    }

    public int count() {
        return count;
    }

    /** Number of threads, including the express lane; lane numbers are below it. */
    public int threadCount() {
        return count + 1;
    }

    /** Number of the express lane. */
    int express() {
        return count;
    }

    private void serve(int lane) {
        boolean served = true;
        while (served) {
            try {
                Assignment assignment =
                        guarded.<@Nullable Assignment, RuntimeException>locked(state -> state.await(lane));
                served = assignment != null && compute(assignment);
            } catch (RuntimeException | Error failure) {
                // Also for errors such as exhausted heap memory: the lane continues. The rows have failed already.
                report(failure);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS); // The cause may be temporary.
                served = isServedBy(lane, Thread.currentThread());
            }
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.log(System.Logger.Level.ERROR, "A lane failed and continues", failure);
        } catch (RuntimeException | Error secondary) {
            // Without memory nothing can be logged either; the lane must not end for that.
        }
    }

    private boolean isServedBy(int lane, Thread thread) {
        return guarded.locked(state -> state.threads.get(lane) == thread);
    }

    /** Cuts the next batch of a lane, to be computed; null when nothing waits that it may compute. */
    @Nullable
    Assignment assign(int lane) {
        return guarded.<@Nullable Assignment, RuntimeException>locked(state -> state.assign(lane));
    }

    /** Cuts and computes one batch on the calling thread; false when nothing waited. */
    boolean runOne(int lane) {
        Assignment assignment = assign(lane);
        if (assignment == null) {
            return false;
        }
        boolean unused = compute(assignment);
        return true;
    }

    /** Computes an assignment; false when the calling thread was replaced meanwhile and must end. */
    boolean compute(Assignment assignment) {
        try {
            assignment.work.run(assignment.run);
        } finally {
            guarded.runLocked(state -> state.end(assignment));
        }
        return !assignment.abandoned;
    }

    /**
     * Replaces a lane whose work does not end by a new thread, which continues with the remaining work. Must be called,
     * from any thread, while the stuck work cannot return; if it returns later, its thread ends.
     */
    public void replaceStuckLane(int lane) {
        guarded.runLocked(state -> {
            Assignment stuck = state.running(lane);
            if (stuck == null) {
                return;
            }
            if (state.threads.containsKey(lane)) {
                startThread(lane, state); // INVARIANT: what may fail comes first, so that the call can be repeated.
            }
            state.abandon(stuck);
        });
    }

    void attach(WorkSource source) {
        guarded.runLocked(state -> state.attach(source));
    }

    void detach(WorkSource source) {
        guarded.runLocked(state -> state.detach(source));
    }

    /** To be called when a source without waiting rows gets some. */
    void activate(WorkSource source) {
        guarded.runLocked(state -> state.activate(source));
    }

    /** Sets a source's share of the lane time beside others that have work, from the next batch on; initially 1. */
    void share(WorkSource source, int share) {
        guarded.runLocked(state -> state.share(source, share));
    }

    /** What waits at each other source. */
    List<LaneTime.Other> waitingBeside(WorkSource source) {
        return guarded.locked(state -> state.waitingBeside(source));
    }

    /** Wakes one lane for one new row, all lanes for several. */
    void wake(int rows) {
        guarded.runLocked(state -> state.wake(rows));
    }

    /** Shuts the lanes down once nothing waits any more; waits up to 30 s per thread for running batches. */
    @Override
    public void close() {
        guarded.runLocked(LaneState::close);
        try {
            for (Thread thread : guarded.locked(state -> List.copyOf(state.threads.values()))) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
