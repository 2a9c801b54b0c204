package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One cut batch until each of its rows has an outcome, so that a failed batch is not a failed crowd.
 *
 * <p>Where memory did not suffice, the halves are tried. After any other failure each row is tried alone, once, and only
 * those that fail again fail. When the run does not end, this work is given up: the lane that replaces the lost one goes
 * on with what is left, and whatever the lost one may still bring is ignored.
 */
final class BatchExecution<P, V> implements Lanes.Work {

    private final Priority priority;
    private final BatchComputer<P, V> computer;
    private final Runnable atEnd;
    private Runnable atStart = () -> {};

    // Guarded by this.
    private final Deque<Part<P, V>> parts = new ArrayDeque<>();
    private @Nullable Part<P, V> current;
    private boolean abandoned;

    /** @param atEnd run once, after the last row has its outcome */
    BatchExecution(Priority priority, BatchComputer<P, V> computer, List<Row<P, V>> batch, Runnable atEnd) {
        this.priority = priority;
        this.computer = computer;
        this.atEnd = atEnd;
        if (!batch.isEmpty()) {
            parts.add(new Part<>(batch, false, null));
        }
    }

    /** Names what is done before the first row is computed. */
    void first(Runnable task) {
        atStart = task;
    }

    /**
     * Rows to compute together.
     *
     * @param again whether they were part of a batch before, so that some may not be requested any more
     * @param verdict why they fail without being computed
     */
    private record Part<P, V>(
            List<Row<P, V>> rows, boolean again, @Nullable RuntimeException verdict) {}

    @Override
    public void run(BatchRun run) {
        try {
            atStart.run();
            for (Part<P, V> part = next(); part != null; part = next()) {
                compute(part, run);
            }
        } catch (RuntimeException | Error failure) {
            failRest(asRuntimeException(failure));
            throw failure;
        } finally {
            if (!isGivenUp()) {
                atEnd.run();
            }
        }
    }

    @Override
    public Priority priority() {
        return priority;
    }

    private synchronized @Nullable Part<P, V> next() {
        current = abandoned ? null : parts.poll();
        return current;
    }

    private synchronized boolean isGivenUp() {
        return abandoned;
    }

    private void compute(Part<P, V> part, BatchRun run) {
        List<Row<P, V>> rows = part.again()
                ? part.rows().stream().filter(computer.ledger::isWanted).toList()
                : part.rows();
        if (rows.isEmpty()) {
            return;
        }
        if (part.verdict() != null) {
            fail(rows, part.verdict());
            return;
        }
        List<RowOutcome<V>> outcomes;
        try {
            outcomes = computer.outcomes(rows, run);
        } catch (RuntimeException | Error failure) {
            if (!isGivenUp()) {
                failed(rows, failure);
            }
            return;
        }
        if (!isGivenUp()) {
            computer.ledger.settle(rows, outcomes);
        }
    }

    private void failed(List<Row<P, V>> rows, Throwable failure) {
        if (rows.size() == 1) {
            fail(rows, asRuntimeException(failure));
        } else if (failure instanceof BatchOutOfMemoryException) {
            computer.ledger.tooLarge(rows);
            int half = (rows.size() + 1) / 2;
            again(List.of(rows.subList(0, half), rows.subList(half, rows.size())));
            computer.observer.rerun(RerunCause.OUT_OF_MEMORY);
        } else {
            again(rows.stream().map(List::of).toList());
            computer.observer.rerun(RerunCause.FAILED);
        }
    }

    /** Goes on with these, in their order, before what waits. */
    private synchronized void again(List<List<Row<P, V>>> groups) {
        for (int group = groups.size() - 1; group >= 0; group--) {
            parts.push(new Part<>(groups.get(group), true, null));
        }
    }

    /**
     * A row that did not end alone fails, and so does a batch of one caller. Rows of several callers are tried alone: all
     * but one are innocent.
     */
    @Override
    public synchronized Lanes.Work afterGivingUp() {
        BatchExecution<P, V> rest = new BatchExecution<>(priority, computer, List.of(), atEnd);
        Part<P, V> lost = current;
        if (lost != null) {
            if (lost.rows().size() == 1 || isOfOneCaller(lost.rows())) {
                rest.parts.add(new Part<>(
                        lost.rows(), true, new IllegalStateException("The run did not end and was abandoned")));
            } else {
                lost.rows().forEach(row -> rest.parts.add(new Part<>(List.of(row), true, null)));
                computer.observer.rerun(RerunCause.ABANDONED);
            }
        }
        rest.parts.addAll(parts);
        parts.clear();
        abandoned = true;
        return rest;
    }

    private static <P, V> boolean isOfOneCaller(List<Row<P, V>> rows) {
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
