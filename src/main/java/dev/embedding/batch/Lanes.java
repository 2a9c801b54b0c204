package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.admission.Priority;
import dev.embedding.support.DaemonThreads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads that compute batches. They belong to the process, not to a model: all attached batchers share the lanes,
 * which serve them round-robin.
 *
 * <p>Besides the lanes there is one express lane. A running batch cannot be interrupted, so while all lanes are busy,
 * at least one of them with batch rows, the express lane computes interactive rows. It has no core of its own: the
 * kernel shares the existing ones. It stays idle while interactive rows keep all lanes busy, as it would only slow them
 * down.
 *
 * <p>A batch is cut only when a free lane requests work (late binding). One lock guards the lanes and the queues of all
 * attached batchers; nothing is computed and no caller's code runs under it.
 */
public final class Lanes implements AutoCloseable {

    /** Source of batches. Called under the lanes' lock. */
    interface WorkSource {
        /** Cuts a batch; null when nothing waits. */
        @Nullable
        Work cut();

        /** Cuts a batch of interactive rows; null when none wait. */
        @Nullable
        Work cutInteractive();

        boolean hasWaiting();

        boolean hasInteractive();
    }

    /** Unit of work of a lane: one cut batch. Runs outside the lock. */
    @FunctionalInterface
    interface Work {
        void run(BatchRun run);

        default Priority priority() {
            return Priority.INTERACTIVE;
        }

        /** Abandons a run that does not end and returns the remaining work; called once, under the lock. */
        default Work abandon() {
            return run -> {};
        }
    }

    private static final System.Logger LOG = System.getLogger(Lanes.class.getName());

    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    final ReentrantLock lock = new ReentrantLock();
    private final Condition workArrived = lock.newCondition();
    private final Condition expressNeeded = lock.newCondition();
    private final List<WorkSource> sources = new ArrayList<>();
    private final Map<Integer, Thread> threads = new HashMap<>();
    private final Map<Integer, Assignment> running = new HashMap<>();
    private final Map<Integer, Work> remainders = new HashMap<>();
    private final int count;
    private int busy;
    private int busyWithBatchRows;
    private boolean expressBusy;
    private int turn;
    private boolean closed;

    /** Starts the lanes and the express lane. */
    public static Lanes start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("There must be at least 1 lane, not " + count);
        }
        Lanes lanes = new Lanes(count);
        lanes.startThreads();
        return lanes;
    }

    /** Creates lanes without threads, whose work is done by calls of {@link #runOne}. */
    Lanes(int count) {
        this.count = count;
    }

    private void startThreads() {
        lock.lock();
        try {
            for (int lane = 0; lane < threadCount(); lane++) {
                startThread(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock, which the new thread takes before anything else. */
    private void startThread(int lane) {
        String name = lane == express() ? "lane-express" : "lane-" + lane;
        threads.put(lane, DaemonThreads.start(name, () -> serve(lane)));
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
                Assignment assignment = await(lane);
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
        lock.lock();
        try {
            return threads.get(lane) == thread;
        } finally {
            lock.unlock();
        }
    }

    /** The next batch, or null when the lanes are closed. */
    private @Nullable Assignment await(int lane) {
        lock.lock();
        try {
            Assignment assignment;
            while ((assignment = assign(lane)) == null) {
                if (closed) {
                    return null;
                }
                (lane == express() ? expressNeeded : workArrived).awaitUninterruptibly();
            }
            return assignment;
        } finally {
            lock.unlock();
        }
    }

    /** Cuts and computes one batch on the calling thread; false when nothing waited. */
    boolean runOne(int lane) {
        Assignment assignment;
        lock.lock();
        try {
            assignment = assign(lane);
        } finally {
            lock.unlock();
        }
        if (assignment == null) {
            return false;
        }
        boolean unused = compute(assignment);
        return true;
    }

    /** Computes an assignment; false when the calling thread was replaced meanwhile and must end. */
    private boolean compute(Assignment assignment) {
        try {
            assignment.work.run(assignment.run);
        } finally {
            end(assignment);
        }
        return !assignment.abandoned;
    }

    private void end(Assignment assignment) {
        lock.lock();
        try {
            if (!assignment.abandoned) {
                release(assignment);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces a lane whose work does not end by a new thread, which continues with the remaining work. Must be called,
     * from any thread, while the stuck work cannot return; if it returns later, its thread ends.
     */
    public void replaceStuckLane(int lane) {
        lock.lock();
        try {
            Assignment stuck = running.get(lane);
            if (stuck == null) {
                return;
            }
            if (threads.containsKey(lane)) {
                startThread(lane); // INVARIANT: what may fail comes first, so that the call can be repeated.
            }
            remainders.put(lane, stuck.work.abandon());
            release(stuck);
            stuck.abandoned = true;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Assignment assign(int lane) {
        Work remainder = remainders.remove(lane);
        if (remainder != null) {
            return assign(remainder, lane, false);
        }
        boolean isExpress = lane == express();
        if (isExpress && !mayUseExpress()) {
            return null;
        }
        Work work = nextWork(isExpress ? WorkSource::cutInteractive : WorkSource::cut);
        if (work == null) {
            return null;
        }
        boolean alone =
                busy == 0 && !expressBusy && !isExpress && sources.stream().noneMatch(WorkSource::hasWaiting);
        return assign(work, lane, alone);
    }

    private Assignment assign(Work work, int lane, boolean alone) {
        Assignment assignment = new Assignment(work, new BatchRun(lane, alone));
        running.put(lane, assignment);
        if (lane == express()) {
            expressBusy = true;
        } else {
            busy++;
            busyWithBatchRows += batchRows(work);
            wakeExpress();
        }
        return assignment;
    }

    private void release(Assignment assignment) {
        running.remove(assignment.run.lane());
        if (assignment.run.lane() == express()) {
            expressBusy = false;
        } else {
            busy--;
            busyWithBatchRows -= batchRows(assignment.work);
        }
    }

    private @Nullable Work nextWork(Function<WorkSource, @Nullable Work> cut) {
        for (int tried = 0; tried < sources.size(); tried++) {
            Work work = cut.apply(sources.get(Math.floorMod(turn++, sources.size())));
            if (work != null) {
                return work;
            }
        }
        return null;
    }

    private boolean mayUseExpress() {
        return busy == count && busyWithBatchRows > 0;
    }

    private void wakeExpress() {
        if (!expressBusy && mayUseExpress() && sources.stream().anyMatch(WorkSource::hasInteractive)) {
            expressNeeded.signal();
        }
    }

    private static int batchRows(Work work) {
        return work.priority() == Priority.BATCH ? 1 : 0;
    }

    void attach(WorkSource source) {
        lock.lock();
        try {
            sources.add(source);
        } finally {
            lock.unlock();
        }
    }

    void detach(WorkSource source) {
        lock.lock();
        try {
            sources.remove(source);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes one lane for one new row, all lanes for several. Called under the lock. */
    void wake(int rows) {
        if (rows == 1) {
            workArrived.signal();
        } else if (rows > 1) {
            workArrived.signalAll();
        }
        wakeExpress();
    }

    /** Shuts the lanes down once nothing waits any more; waits up to 30 s per thread for running batches. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            workArrived.signalAll();
            expressNeeded.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            for (Thread thread : threads()) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Thread> threads() {
        lock.lock();
        try {
            return List.copyOf(threads.values());
        } finally {
            lock.unlock();
        }
    }

    private static final class Assignment {
        final Work work;
        final BatchRun run;
        /** Written under the lock, before the work can return. */
        volatile boolean abandoned;

        Assignment(Work work, BatchRun run) {
            this.work = work;
            this.run = run;
        }
    }
}
