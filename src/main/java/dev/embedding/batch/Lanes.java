package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The threads that compute batches. They belong to the process, not to a model: every attached batcher is served by the
 * same lanes, in turn.
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

        boolean hasWaiting();
    }

    /** One cut batch; run outside the lock. */
    @FunctionalInterface
    interface Work {
        void run(BatchRun run);
    }

    final ReentrantLock lock = new ReentrantLock();
    private final Condition workArrived = lock.newCondition();
    private final List<WorkSource> sources = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final int count;
    private int busy;
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
        for (int lane = 0; lane < count; lane++) {
            int number = lane;
            Thread thread = new Thread(() -> serve(number), "lane-" + number);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    public int count() {
        return count;
    }

    private void serve(int lane) {
        while (true) {
            Assignment assignment;
            lock.lock();
            try {
                while ((assignment = assign(lane)) == null) {
                    if (closed) {
                        return;
                    }
                    workArrived.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
            compute(assignment);
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
        compute(assignment);
        return true;
    }

    private void compute(Assignment assignment) {
        try {
            assignment.work().run(assignment.run());
        } finally {
            laneIsFree();
        }
    }

    private void laneIsFree() {
        lock.lock();
        try {
            busy--;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Assignment assign(int lane) {
        for (int tried = 0; tried < sources.size(); tried++) {
            WorkSource source = sources.get(Math.floorMod(turn++, sources.size()));
            Work work = source.cut();
            if (work != null) {
                busy++;
                boolean alone = busy == 1 && sources.stream().noneMatch(WorkSource::hasWaiting);
                return new Assignment(work, new BatchRun(lane, alone));
            }
        }
        return null;
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
        } else {
            workArrived.signalAll();
        }
    }

    /** Ends the threads once nothing waits any more; batches being computed are finished. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            workArrived.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record Assignment(Work work, BatchRun run) {}
}
