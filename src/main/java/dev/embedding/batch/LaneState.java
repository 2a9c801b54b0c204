package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.Lanes.Work;
import dev.embedding.batch.Lanes.WorkSource;
import dev.embedding.batch.admission.FairQueue;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Everything about the lanes that their lock guards: the sources of work, which lane computes what, and the threads.
 */
final class LaneState {

    private final int express;
    private final Condition workArrived;
    private final Condition expressNeeded;
    private final FairQueue<WorkSource> sources = new FairQueue<>();
    private final Map<Integer, Assignment> running = new HashMap<>();
    private final Map<Integer, Cut> remainders = new HashMap<>();
    private int busy;
    private int busyWithBatchRows;
    private boolean expressBusy;
    private boolean closed;
    /** The thread of each lane; empty where work is done by calls of {@link Lanes#runOne}. */
    final Map<Integer, Thread> threads = new HashMap<>();

    /** @param express number of the express lane, and of lanes besides it */
    LaneState(int express, ReentrantLock lock) {
        this.express = express;
        this.workArrived = lock.newCondition();
        this.expressNeeded = lock.newCondition();
    }

    /** Work, and the source that its lane time is charged to. */
    private record Cut(WorkSource source, Work work) {}

    /** Work that a lane computes. */
    static final class Assignment {
        final Work work;
        final BatchRun run;
        private final WorkSource source;
        private final long chargedNanos;
        /** Written under the lock, before the work can return. */
        volatile boolean abandoned;

        private Assignment(Cut cut, BatchRun run) {
            this.work = cut.work();
            this.run = run;
            this.source = cut.source();
            this.chargedNanos = cut.work().laneNanos();
        }
    }

    /** Waits for the next work of a lane; null when the lanes are closed. */
    @Nullable
    Assignment await(int lane) {
        Assignment assignment;
        while ((assignment = assign(lane)) == null) {
            if (closed) {
                return null;
            }
            (lane == express ? expressNeeded : workArrived).awaitUninterruptibly();
        }
        return assignment;
    }

    /** Cuts the next work of a lane; null when nothing waits that it may compute. */
    @Nullable
    Assignment assign(int lane) {
        Cut remainder = remainders.remove(lane);
        if (remainder != null) {
            return assign(remainder, lane, false);
        }
        boolean isExpress = lane == express;
        if (isExpress && !mayUseExpress()) {
            return null;
        }
        Cut cut = isExpress ? cutInteractive() : cut();
        if (cut == null) {
            return null;
        }
        boolean alone = busy == 0
                && !expressBusy
                && !isExpress
                && sources.order().stream().noneMatch(WorkSource::hasWaiting);
        return assign(cut, lane, alone);
    }

    private Assignment assign(Cut cut, int lane, boolean alone) {
        Assignment assignment = new Assignment(cut, new BatchRun(lane, alone));
        running.put(lane, assignment);
        if (lane == express) {
            expressBusy = true;
        } else {
            busy++;
            busyWithBatchRows += batchRows(cut.work());
            wakeExpress();
        }
        return assignment;
    }

    private @Nullable Cut cut() {
        for (WorkSource source : sources.order()) {
            Work work = source.cut();
            if (work != null) {
                sources.serve(source, work.laneNanos(), WorkSource::hasWaiting);
                return new Cut(source, work);
            }
        }
        return null;
    }

    private @Nullable Cut cutInteractive() {
        for (WorkSource source : sources.order()) {
            Work work = source.cutInteractive();
            if (work != null) {
                sources.serve(source, work.laneNanos());
                return new Cut(source, work);
            }
        }
        return null;
    }

    /** Frees the lane, unless its work was abandoned, which has freed it. */
    void end(Assignment assignment) {
        if (!assignment.abandoned) {
            release(assignment);
        }
    }

    private void release(Assignment assignment) {
        sources.correct(assignment.source, assignment.work.laneNanos() - assignment.chargedNanos);
        running.remove(assignment.run.lane());
        if (assignment.run.lane() == express) {
            expressBusy = false;
        } else {
            busy--;
            busyWithBatchRows -= batchRows(assignment.work);
        }
    }

    /** Frees a lane of its work, whose remainder is next. */
    void abandon(Assignment stuck) {
        remainders.put(stuck.run.lane(), new Cut(stuck.source, stuck.work.abandon()));
        release(stuck);
        stuck.abandoned = true;
    }

    /** What a lane computes; null while it is free. */
    @Nullable
    Assignment running(int lane) {
        return running.get(lane);
    }

    private boolean mayUseExpress() {
        return busy == express && busyWithBatchRows > 0;
    }

    private void wakeExpress() {
        if (!expressBusy && mayUseExpress() && sources.order().stream().anyMatch(WorkSource::hasInteractive)) {
            expressNeeded.signal();
        }
    }

    private static int batchRows(Work work) {
        return work.priority() == Priority.BATCH ? 1 : 0;
    }

    void attach(WorkSource source) {
        sources.add(source);
    }

    void detach(WorkSource source) {
        sources.remove(source);
    }

    void activate(WorkSource source) {
        sources.activate(source, other -> other.hasWaiting() || isRunning(other));
    }

    private boolean isRunning(WorkSource source) {
        for (Assignment assignment : running.values()) {
            if (assignment.source == source) {
                return true;
            }
        }
        return false;
    }

    List<Double> waitingBeside(WorkSource source) {
        List<Double> waiting = new ArrayList<>();
        for (WorkSource other : sources.order()) {
            double seconds = other == source ? 0 : other.waitingSeconds();
            if (seconds > 0) {
                waiting.add(seconds);
            }
        }
        return waiting;
    }

    /** Wakes one lane for one new row, all lanes for several. */
    void wake(int rows) {
        if (rows == 1) {
            workArrived.signal();
        } else if (rows > 1) {
            workArrived.signalAll();
        }
        wakeExpress();
    }

    /** From here on, lanes end when nothing waits. */
    void close() {
        closed = true;
        workArrived.signalAll();
        expressNeeded.signalAll();
    }
}
