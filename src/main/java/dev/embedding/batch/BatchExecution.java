package dev.embedding.batch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes one batch until each of its rows has an outcome, and retries after a failure, so that one bad row does not
 * fail the whole batch.
 *
 * <p>Where memory did not suffice, the two halves are retried. After any other failure each row is retried alone, once,
 * and only the rows that fail again get the failure. When a run does not end, this work is abandoned: the lane that
 * replaces the stuck one computes the remaining rows, and late outcomes of the stuck one are ignored.
 */
final class BatchExecution<P, V> implements Lanes.Work {

    private final Priority priority;
    private final BatchComputer<P, V> computer;
    private final Runnable onEnd;
    private final long startNanos;
    private Runnable onStart = () -> {};

    @GuardedBy("this")
    private final Deque<Part<P, V>> parts;

    @GuardedBy("this")
    private @Nullable Part<P, V> current;

    @GuardedBy("this")
    private boolean abandoned;

    @GuardedBy("this")
    private long laneNanos;

    /**
     * Starts the time of the lane, which has just asked for the batch.
     *
     * @param estimatedNanos expected lane time
     * @param onEnd called once, after the last row has its outcome
     */
    BatchExecution(
            Priority priority,
            BatchComputer<P, V> computer,
            List<Row<P, V>> batch,
            long estimatedNanos,
            Runnable onEnd) {
        this(priority, computer, batch.isEmpty() ? List.of() : List.of(new Part<>(batch, false, null)), onEnd);
        this.laneNanos = estimatedNanos;
    }

    private BatchExecution(Priority priority, BatchComputer<P, V> computer, List<Part<P, V>> parts, Runnable onEnd) {
        this.priority = priority;
        this.computer = computer;
        this.parts = new ArrayDeque<>(parts);
        this.onEnd = onEnd;
        this.startNanos = computer.nanos();
    }

    /** Sets a task that runs on the lane before the first row is computed. */
    void beforeFirst(Runnable task) {
        onStart = task;
    }

    /**
     * Rows of the batch that are computed together.
     *
     * @param rerun whether they were computed before, so that submissions may have left meanwhile
     * @param failure outcome of all rows, which are then not computed; null for rows to compute
     */
    private record Part<P, V>(
            List<Row<P, V>> rows, boolean rerun, @Nullable RuntimeException failure) {}

    @Override
    public void run(BatchRun run) {
        try {
            onStart.run();
            for (Part<P, V> part = next(); part != null; part = next()) {
                compute(part, run);
            }
        } catch (RuntimeException | Error failure) {
            failRest(asRuntimeException(failure));
            throw failure;
        } finally {
            if (end(run)) {
                onEnd.run();
            }
        }
    }

    /** Records the lane time; false when this work was abandoned. A lone run used other cores too: its estimate stays. */
    private synchronized boolean end(BatchRun run) {
        if (!abandoned && !run.alone()) {
            laneNanos = computer.nanos() - startNanos;
        }
        return !abandoned;
    }

    @Override
    public synchronized long laneNanos() {
        return laneNanos;
    }

    @Override
    public Priority priority() {
        return priority;
    }

    private synchronized @Nullable Part<P, V> next() {
        current = abandoned ? null : parts.poll();
        return current;
    }

    private synchronized boolean isAbandoned() {
        return abandoned;
    }

    private void compute(Part<P, V> part, BatchRun run) {
        List<Row<P, V>> rows = part.rerun()
                ? part.rows().stream().filter(computer.ledger::hasWaiters).toList()
                : part.rows();
        if (rows.isEmpty()) {
            return;
        }
        if (part.failure() != null) {
            fail(rows, part.failure());
            return;
        }
        List<RowOutcome<V>> outcomes;
        try {
            outcomes = computer.outcomes(rows, run);
        } catch (RuntimeException | Error failure) {
            if (!isAbandoned()) {
                failed(rows, failure);
            }
            return;
        }
        if (!isAbandoned()) {
            computer.ledger.settle(rows, outcomes);
        }
    }

    private void failed(List<Row<P, V>> rows, Throwable failure) {
        if (rows.size() == 1) {
            fail(rows, asRuntimeException(failure));
        } else if (failure instanceof BatchOutOfMemoryException) {
            computer.ledger.outOfMemory(rows);
            int half = (rows.size() + 1) / 2;
            requeue(List.of(rows.subList(0, half), rows.subList(half, rows.size())));
            computer.observer.rerun(RerunCause.OUT_OF_MEMORY);
        } else {
            requeue(rows.stream().map(List::of).toList());
            computer.observer.rerun(RerunCause.FAILED);
        }
    }

    /** Puts these groups, in their order, before the remaining parts. */
    private synchronized void requeue(List<List<Row<P, V>>> groups) {
        for (int group = groups.size() - 1; group >= 0; group--) {
            parts.push(new Part<>(groups.get(group), true, null));
        }
    }

    /**
     * Abandons this work and returns the remaining one. A stuck row that was computed alone fails, and so do the stuck
     * rows of a single submission. Rows of several submissions are retried alone, as usually one of them is the cause.
     */
    @Override
    public synchronized Lanes.Work abandon() {
        List<Part<P, V>> rest = new ArrayList<>();
        Part<P, V> lost = current;
        if (lost != null) {
            if (lost.rows().size() == 1 || isOfOneSubmission(lost.rows())) {
                rest.add(new Part<>(
                        lost.rows(), true, new IllegalStateException("The run did not end and was abandoned")));
            } else {
                lost.rows().forEach(row -> rest.add(new Part<>(List.of(row), true, null)));
                computer.observer.rerun(RerunCause.ABANDONED);
            }
        }
        rest.addAll(parts);
        parts.clear();
        abandoned = true;
        laneNanos = computer.nanos() - startNanos;
        return new BatchExecution<>(priority, computer, rest, onEnd);
    }

    private static <P, V> boolean isOfOneSubmission(List<Row<P, V>> rows) {
        return rows.stream()
                        .flatMap(row -> row.waiters().stream())
                        .map(waiter -> waiter.submission)
                        .distinct()
                        .limit(2)
                        .count()
                <= 1;
    }

    private void failRest(RuntimeException failure) {
        List<Row<P, V>> rest = new ArrayList<>();
        synchronized (this) {
            if (abandoned) {
                return;
            }
            if (current != null) {
                rest.addAll(current.rows());
            }
            parts.forEach(part -> rest.addAll(part.rows()));
            parts.clear();
        }
        fail(rest, failure);
    }

    private void fail(List<Row<P, V>> rows, RuntimeException failure) {
        computer.ledger.settle(
                rows,
                rows.stream()
                        .<RowOutcome<V>>map(row -> new RowOutcome.Failed<>(failure))
                        .toList());
    }

    private static RuntimeException asRuntimeException(Throwable failure) {
        return failure instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException("The batch function failed", failure);
    }
}
