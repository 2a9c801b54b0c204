package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.Lanes.Work;
import dev.embedding.batch.Lanes.WorkSource;
import dev.embedding.batch.admission.FairQueue;
import dev.embedding.batch.admission.FairQueue.Charge;
import dev.embedding.batch.admission.LaneTime;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything about the lanes that their lock guards: the sources of work, which lane computes what, and the threads.
 */
final class LaneState {

    private final int express;
    private final Condition workArrived;
    private final Condition expressNeeded;
    private final FairQueue<WorkSource> sources;
    private final Map<Integer, Assignment> running = new HashMap<>();
    private final Map<Integer, Cut> remainders = new HashMap<>();
    private int busy;
    private int busyWithBatchRows;
    private boolean expressBusy;
    private boolean closed;
    /** The thread of each lane; empty where work is done by calls of {@link Lanes#runOne}. */
    final Map<Integer, Thread> threads = new HashMap<>();

    /**
     * @param express number of the express lane, and of lanes besides it
     * @param clock monotonic nanoseconds
     */
    LaneState(int express, ReentrantLock lock, LongSupplier clock) {
        this.express = express;
        this.sources = new FairQueue<>(express, WorkSource::hasWaiting, clock);
        this.workArrived = lock.newCondition();
        this.expressNeeded = lock.newCondition();
    }

    /** Work, the source that it is of, and what its lane time is charged to. */
    private record Cut(WorkSource source, Work work, Charge<WorkSource> charge) {}

    /** Work that a lane computes. */
    static final class Assignment {
        final Work work;
        final BatchRun run;
        private final Cut cut;
        /** Written under the lock, before the work can return. */
        volatile boolean abandoned;

        private Assignment(Cut cut, BatchRun run) {
            this.work = cut.work();
            this.run = run;
            this.cut = cut;
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
        Cut cut = cut(isExpress);
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

    /** Cuts for the source whose turn it is, or interactive rows that go before their source's turn. */
    private @Nullable Cut cut(boolean isExpress) {
        WorkSource inTurn = inTurn();
        if (inTurn == null) {
            return null;
        }
        boolean isInteractiveTurn = inTurn.next() == Priority.INTERACTIVE;
        WorkSource light = sources.lightest(
                source -> source == inTurn && !isExpress ? isInteractiveTurn : source.canCutInteractive());
        if (light != null && !(light == inTurn && isInteractiveTurn)) {
            Work work = light.cutInteractive();
            return work == null ? null : new Cut(light, work, sources.serveEarly(light, work.laneNanos()));
        }
        // INVARIANT: the express lane takes no turn of batch rows while a lane may take it, so they do not starve.
        boolean takesTurn = !isExpress || isInteractiveTurn || isOnly(inTurn);
        Work work = !takesTurn ? null : isExpress ? inTurn.cutInteractive() : inTurn.cut();
        return work == null ? null : new Cut(inTurn, work, sources.serve(inTurn, work.laneNanos(), work.priority()));
    }

    private boolean isOnly(WorkSource source) {
        return sources.order().stream().allMatch(other -> other == source || !other.hasWaiting());
    }

    private @Nullable WorkSource inTurn() {
        for (WorkSource source : sources.order()) {
            if (source.canCut()) {
                return source;
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
        sources.settle(assignment.cut.charge(), assignment.work.laneNanos());
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
        WorkSource source = stuck.cut.source();
        Work remainder = stuck.work.abandon();
        release(stuck);
        remainders.put(stuck.run.lane(), new Cut(source, remainder, sources.resume(source, remainder.priority())));
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
        if (!expressBusy && mayUseExpress() && sources.order().stream().anyMatch(WorkSource::canCutInteractive)) {
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
        sources.activate(source);
    }

    void share(WorkSource source, int share) {
        sources.share(source, share);
    }

    List<LaneTime.Other> waitingBeside(WorkSource source) {
        double share = sources.share(source);
        List<LaneTime.Other> waiting = new ArrayList<>();
        for (WorkSource other : sources.order()) {
            double seconds = other == source ? 0 : other.waitingSeconds();
            if (seconds > 0) {
                waiting.add(new LaneTime.Other(seconds, sources.share(other) / share));
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
