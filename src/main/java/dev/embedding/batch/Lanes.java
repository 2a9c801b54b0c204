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
 * The threads that compute batches. They belong to the process, not to a model: every attached batcher is served by the
 * same lanes, in turn.
 *
 * <p>Besides the lanes there is one express lane. A running batch cannot be interrupted, so while all lanes are busy, one of
 * them at least with batch rows, the express lane computes interactive rows; it has no core of its own, the kernel shares
 * those that there are. Where interactive rows keep all lanes busy it would only make each of them slower, so it rests.
 *
 * <p>A free lane asks the batchers for work, and only then is a batch cut (late binding). One lock guards the lanes and
 * the queues of all attached batchers; nothing is computed and no caller's code runs under it.
 */
public final class Lanes implements AutoCloseable {

    /** A source of batches. Called under the lanes' lock. */
    interface WorkSource {
        /** Cuts a batch, or answers null when nothing waits. */
        @Nullable
        Work cut();

        /** Cuts a batch of interactive rows, or answers null when none wait. */
        @Nullable
        Work cutInteractive();

        boolean hasWaiting();

        boolean hasInteractive();
    }

    /** One cut batch; run outside the lock. */
    @FunctionalInterface
    interface Work {
        void run(BatchRun run);

        default Priority priority() {
            return Priority.INTERACTIVE;
        }

        /** What is left to do when it is not waited for any more; called once, under the lock, while it has not returned. */
        default Work afterGivingUp() {
            return run -> {};
        }
    }

    private static final System.Logger LOG = System.getLogger(Lanes.class.getName());

    private static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    final ReentrantLock lock = new ReentrantLock();
    private final Condition workArrived = lock.newCondition();
    private final Condition expressWanted = lock.newCondition();
    private final List<WorkSource> sources = new ArrayList<>();
    private final Map<Integer, Thread> threads = new HashMap<>();
    private final Map<Integer, Assignment> running = new HashMap<>();
    private final Map<Integer, Work> leftBehind = new HashMap<>();
    private final int count;
    private int busy;
    private int busyWithBatchRows;
    private boolean expressBusy;
    private int turn;
    private boolean closed;

    /** Starts the lanes. */
    public static Lanes start(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("There must be at least 1 lane, not " + count);
        }
        Lanes lanes = new Lanes(count);
        lanes.startThreads();
        return lanes;
    }

    /** Lanes without threads, whose work is done by calls of {@link #runOne}. */
    Lanes(int count) {
        this.count = count;
    }

    private void startThreads() {
        lock.lock();
        try {
            for (int lane = 0; lane < numbers(); lane++) {
                startThread(lane);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock, which the thread needs first of all. */
    private void startThread(int lane) {
        String name = lane == express() ? "lane-express" : "lane-" + lane;
        threads.put(lane, DaemonThreads.start(name, () -> serve(lane)));
    }

    public int count() {
        return count;
    }

    /** How many threads compute, the express lane among them: lanes have the numbers below it. */
    public int numbers() {
        return count + 1;
    }

    /** The express lane's number. */
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
                // Java's memory may be short: the lane goes on, whatever it was. Its rows have failed with it.
                report(failure);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS); // The cause may pass.
                served = isServedBy(lane, Thread.currentThread());
            }
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.log(System.Logger.Level.ERROR, "A lane failed and continues", failure);
        } catch (RuntimeException | Error again) {
            // Without memory there is no line either; a lane must not end for it.
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
                (lane == express() ? expressWanted : workArrived).awaitUninterruptibly();
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

    /** Whether the lane is still the calling thread's afterwards. */
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
                isFree(assignment);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces a lane whose work does not end. Must be called, from any thread, while that work cannot return; the thread
     * ends when it returns after all, and another one goes on with what the work leaves.
     */
    public void giveUp(int lane) {
        lock.lock();
        try {
            Assignment lost = running.get(lane);
            if (lost == null) {
                return;
            }
            if (threads.containsKey(lane)) {
                startThread(lane); // INVARIANT: what may fail comes first, so that it can be tried again.
            }
            leftBehind.put(lane, lost.work.afterGivingUp());
            isFree(lost);
            lost.abandoned = true;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Assignment assign(int lane) {
        Work left = leftBehind.remove(lane);
        if (left != null) {
            return assign(left, lane, false);
        }
        boolean isExpress = lane == express();
        if (isExpress && !mayUseExpress()) {
            return null;
        }
        Work work = inTurn(isExpress ? WorkSource::cutInteractive : WorkSource::cut);
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
            callExpress();
        }
        return assignment;
    }

    private void isFree(Assignment assignment) {
        running.remove(assignment.run.lane());
        if (assignment.run.lane() == express()) {
            expressBusy = false;
        } else {
            busy--;
            busyWithBatchRows -= batchRows(assignment.work);
        }
    }

    private @Nullable Work inTurn(Function<WorkSource, @Nullable Work> cut) {
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

    private void callExpress() {
        if (!expressBusy && mayUseExpress() && sources.stream().anyMatch(WorkSource::hasInteractive)) {
            expressWanted.signal();
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

    /** Wakes as many lanes as there are new rows to compute. Called under the lock. */
    void wake(int rows) {
        if (rows == 1) {
            workArrived.signal();
        } else if (rows > 1) {
            workArrived.signalAll();
        }
        callExpress();
    }

    /** Ends the threads once nothing waits any more; batches being computed are finished. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            workArrived.signalAll();
            expressWanted.signalAll();
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
