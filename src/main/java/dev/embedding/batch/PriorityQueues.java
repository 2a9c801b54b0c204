package dev.embedding.batch;

import dev.embedding.batch.Row.Waiter;
import dev.embedding.batch.admission.FairShare;
import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The queues of both classes, and the choice of the rows that are computed next. Not thread-safe; guarded by the lanes'
 * lock.
 */
final class PriorityQueues<P, V> {

    private final RowQueue<P, V> interactive = new RowQueue<>();
    private final RowQueue<P, V> batch = new RowQueue<>();
    /** Rows with a key that wait or are being computed. */
    private final Map<Object, Row<P, V>> onTheirWay = new HashMap<>();

    private final RowCache<V> memory;

    private final FairShare share = new FairShare();

    /** @param memory INVARIANT: has a row's value before the row has {@link #arrived}, so that none is computed twice. */
    PriorityQueues(RowCache<V> memory) {
        this.memory = memory;
    }

    RowQueue<P, V> of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    /**
     * Queues a submission's rows, but for those of which an equal one is on its way or was computed just now.
     *
     * @return how many were queued
     */
    int add(Submission<P, V> submission, List<BatchRow<P>> rows, long nowNanos) {
        int added = 0;
        for (int index = 0; index < rows.size(); index++) {
            BatchRow<P> content = rows.get(index);
            if (content.key() == null || !share(content.key(), submission, index, nowNanos)) {
                queue(content, submission, index);
                added++;
            }
        }
        return added;
    }

    private boolean share(Object key, Submission<P, V> submission, int index, long nowNanos) {
        Row<P, V> row = onTheirWay.get(key);
        if (row != null) {
            if (row.queued && submission.priority == Priority.INTERACTIVE) {
                lift(row);
            }
            submission.share(row, index, nowNanos);
            return true;
        }
        V value = memory.get(key);
        if (value != null) {
            submission.share(value, index, nowNanos);
        }
        return value != null;
    }

    private void queue(BatchRow<P> content, Submission<P, V> submission, int index) {
        Row<P, V> row = new Row<>(content, submission.priority);
        of(submission.priority).add(row);
        if (content.key() != null) {
            onTheirWay.put(content.key(), row);
        }
        submission.await(row, index);
    }

    /** To the end of the interactive rows, where it stays also when the one that it was lifted for leaves. */
    private void lift(Row<P, V> row) {
        if (row.priority != Priority.INTERACTIVE) {
            of(row.priority).remove(row);
            row.priority = Priority.INTERACTIVE;
            interactive.add(row);
        }
    }

    /** Ends a submission's wait. Rows that nobody else waits for leave the queue. */
    void remove(Submission<P, V> submission) {
        for (Waiter<P, V> waiter : submission.waiters) {
            waiter.leave();
            if (!waiter.row.isWanted()) {
                of(waiter.row.priority).remove(waiter.row);
                arrived(waiter.row);
            }
        }
    }

    /** Nobody can join a row any more: it has its outcome, or is not wanted. */
    void arrived(Row<P, V> row) {
        if (row.content.key() != null) {
            onTheirWay.remove(row.content.key(), row);
        }
    }

    List<Row<P, V>> all() {
        List<Row<P, V>> rows = interactive.oldest(interactive.size());
        rows.addAll(batch.oldest(batch.size()));
        return rows;
    }

    /** The class whose turn it is; that of no row when nothing waits. */
    Priority next() {
        Priority next = share.next();
        return of(next).isEmpty() ? next.other() : next;
    }

    /**
     * Takes the rows of the next batch out, the longest first; none when no row of the class is alive.
     *
     * @param late gets the submissions that were dropped because their deadline has expired
     */
    List<Row<P, V>> cut(Priority priority, BatchLimits limits, long nowNanos, Set<Submission<P, V>> late) {
        List<Row<P, V>> candidates = live(priority, limits.window(), nowNanos, late);
        List<Row<P, V>> cut = new ArrayList<>();
        if (candidates.isEmpty()) {
            return cut;
        }
        int[] lengths = candidates.stream().mapToInt(Row::tokens).toArray();
        long tokens = 0;
        for (int chosen : BatchFormer.choose(lengths, limits)) {
            Row<P, V> row = candidates.get(chosen);
            of(priority).remove(row); // INVARIANT: a row leaves the queue once, so it is computed by one lane only.
            row.cutAt(nowNanos);
            cut.add(row);
            tokens += row.tokens();
        }
        if (!of(priority.other()).isEmpty()) {
            share.cut(priority, cut.size(), tokens);
        }
        return cut;
    }

    private List<Row<P, V>> live(Priority priority, int window, long nowNanos, Set<Submission<P, V>> late) {
        while (true) {
            List<Row<P, V>> candidates = of(priority).oldest(window);
            boolean dropped = false;
            for (Row<P, V> row : candidates) {
                dropped |= dropLate(row, nowNanos, late);
            }
            if (!dropped) {
                return candidates;
            }
        }
    }

    /** Whether there were any: they are gone then, and with them rows that only they waited for. */
    private boolean dropLate(Row<P, V> row, long nowNanos, Set<Submission<P, V>> late) {
        if (!row.queued || !row.hasLate(nowNanos)) {
            return false;
        }
        for (Waiter<P, V> waiter : row.waiters()) {
            if (waiter.submission.isPastDeadline(nowNanos) && waiter.submission.end()) {
                late.add(waiter.submission);
                remove(waiter.submission);
            }
        }
        return true;
    }

    boolean isEmpty() {
        return interactive.isEmpty() && batch.isEmpty();
    }

    int size() {
        return interactive.size() + batch.size();
    }

    long tokens() {
        return interactive.tokens() + batch.tokens();
    }
}
