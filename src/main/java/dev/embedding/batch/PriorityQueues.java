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
 * Queues of both classes; choose the rows of the next batch. Not thread-safe; guarded by the lanes' lock.
 */
final class PriorityQueues<P, V> {

    private final RowQueue<P, V> interactive = new RowQueue<>();
    private final RowQueue<P, V> batch = new RowQueue<>();
    /** Rows with a key that wait or are being computed. */
    private final Map<Object, Row<P, V>> inFlight = new HashMap<>();

    private final RowCache<V> cache;

    private final FairShare share = new FairShare();

    /**
     * @param cache INVARIANT: stores a row's value before {@link #removeInFlight} is called for the row, so that no row
     *     is computed twice
     */
    PriorityQueues(RowCache<V> cache) {
        this.cache = cache;
    }

    RowQueue<P, V> of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    /**
     * Queues a submission's rows, except those of which an equal one is in flight or cached.
     *
     * @return number of rows queued
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
        Row<P, V> row = inFlight.get(key);
        if (row != null) {
            if (row.queued && submission.priority == Priority.INTERACTIVE) {
                promote(row);
            }
            submission.share(row, index, nowNanos);
            return true;
        }
        V value = cache.get(key);
        if (value != null) {
            submission.share(value, index, nowNanos);
        }
        return value != null;
    }

    private void queue(BatchRow<P> content, Submission<P, V> submission, int index) {
        Row<P, V> row = new Row<>(content, submission.priority);
        of(submission.priority).add(row);
        if (content.key() != null) {
            inFlight.put(content.key(), row);
        }
        submission.await(row, index);
    }

    /** Moves a row to the end of the interactive queue, where it stays even if the interactive submission leaves. */
    private void promote(Row<P, V> row) {
        if (row.priority != Priority.INTERACTIVE) {
            of(row.priority).remove(row);
            row.priority = Priority.INTERACTIVE;
            interactive.add(row);
        }
    }

    /** Removes a submission. Rows that no other submission waits for leave the queue. */
    void remove(Submission<P, V> submission) {
        for (Waiter<P, V> waiter : submission.waiters) {
            waiter.leave();
            if (!waiter.row.hasWaiters()) {
                of(waiter.row.priority).remove(waiter.row);
                removeInFlight(waiter.row);
            }
        }
    }

    /** Stops sharing of a row: it has its outcome, or no submission waits for it. */
    void removeInFlight(Row<P, V> row) {
        if (row.content.key() != null) {
            inFlight.remove(row.content.key(), row);
        }
    }

    List<Row<P, V>> all() {
        List<Row<P, V>> rows = interactive.oldest(interactive.size());
        rows.addAll(batch.oldest(batch.size()));
        return rows;
    }

    /** The class of the next batch; either one when nothing waits. */
    Priority next() {
        Priority next = share.next();
        return of(next).isEmpty() ? next.other() : next;
    }

    /**
     * Removes the rows of the next batch from the queue, the longest first; empty when the class has no row within its
     * deadline.
     *
     * @param expired receives the submissions that were dropped because their deadline expired
     */
    List<Row<P, V>> cut(Priority priority, BatchLimits limits, long nowNanos, Set<Submission<P, V>> expired) {
        List<Row<P, V>> candidates = live(priority, limits.window(), nowNanos, expired);
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

    private List<Row<P, V>> live(Priority priority, int window, long nowNanos, Set<Submission<P, V>> expired) {
        while (true) {
            List<Row<P, V>> candidates = of(priority).oldest(window);
            boolean dropped = false;
            for (Row<P, V> row : candidates) {
                dropped |= dropExpired(row, nowNanos, expired);
            }
            if (!dropped) {
                return candidates;
            }
        }
    }

    /** Drops a row's expired submissions, and the rows that only they wait for; false when there were none. */
    private boolean dropExpired(Row<P, V> row, long nowNanos, Set<Submission<P, V>> expired) {
        if (!row.queued || !row.hasExpired(nowNanos)) {
            return false;
        }
        for (Waiter<P, V> waiter : row.waiters()) {
            if (waiter.submission.isPastDeadline(nowNanos) && waiter.submission.end()) {
                expired.add(waiter.submission);
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
