package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Row that waits or is computed, with the submissions that wait for it: usually one, more where equal rows are shared.
 * It stays queued until the last of them leaves. Also a node of the queue's linked list. Guarded by the lanes' lock.
 */
public final class Row<P, V> {

    final BatchRow<P> content;

    /** Class of the queue that it is in: the highest among its submissions so far. */
    Priority priority;

    private @Nullable Waiter<P, V> waiters;
    private boolean cut;

    @Nullable
    Row<P, V> older;

    @Nullable
    Row<P, V> newer;

    boolean queued;

    Row(BatchRow<P> content, Priority priority) {
        this.content = content;
        this.priority = priority;
    }

    /** Index of a submission that receives this row's value. */
    static final class Waiter<P, V> {
        final Row<P, V> row;
        final Submission<P, V> submission;
        final int index;
        private @Nullable Waiter<P, V> before;
        private @Nullable Waiter<P, V> next;

        private Waiter(Row<P, V> row, Submission<P, V> submission, int index) {
            this.row = row;
            this.submission = submission;
            this.index = index;
        }

        /** Stops waiting; has no effect the second time. */
        void leave() {
            if (row.waiters == this) {
                row.waiters = next;
            }
            if (before != null) {
                before.next = next;
            }
            if (next != null) {
                next.before = before;
            }
            before = null;
            next = null;
        }
    }

    /** Adds a waiter: the value goes to this submission too. */
    Waiter<P, V> awaitedBy(Submission<P, V> submission, int index) {
        Waiter<P, V> waiter = new Waiter<>(this, submission, index);
        waiter.next = waiters;
        if (waiters != null) {
            waiters.before = waiter;
        }
        waiters = waiter;
        return waiter;
    }

    /** Whether a submission still waits for the row. */
    boolean hasWaiters() {
        return waiters != null;
    }

    /** Snapshot of the waiters, oldest first; they may leave during iteration. */
    List<Waiter<P, V>> waiters() {
        List<Waiter<P, V>> all = new ArrayList<>(1);
        for (Waiter<P, V> waiter = waiters; waiter != null; waiter = waiter.next) {
            all.add(waiter);
        }
        Collections.reverse(all);
        return all;
    }

    /** Whether the row was taken into a batch. */
    boolean isCut() {
        return cut;
    }

    void cutAt(long nowNanos) {
        cut = true;
        for (Waiter<P, V> waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.submission.cutAt(nowNanos);
        }
    }

    /** Whether the deadline of a waiting submission has expired. */
    boolean hasExpired(long nowNanos) {
        Waiter<P, V> waiter = waiters;
        while (waiter != null && !waiter.submission.isPastDeadline(nowNanos)) {
            waiter = waiter.next;
        }
        return waiter != null;
    }

    int tokens() {
        return content.tokens();
    }
}
