package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text that is to be computed, and the submissions that wait for it: usually one, more where equal texts are computed
 * once. It lives until the last of them leaves. Also a link of the queue. Guarded by the lanes' lock.
 */
public final class Row<P, V> {

    final BatchRow<P> content;

    /** The class whose queue it is in: the highest that one of its submissions had. */
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

    /** One place of a submission that this row's value goes to. */
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

        /** Waits no longer; nothing happens the second time. */
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

    /** Has the row's value go to a submission too. */
    Waiter<P, V> awaitedBy(Submission<P, V> submission, int index) {
        Waiter<P, V> waiter = new Waiter<>(this, submission, index);
        waiter.next = waiters;
        if (waiters != null) {
            waiters.before = waiter;
        }
        waiters = waiter;
        return waiter;
    }

    /** Whether a submission still waits for it. */
    boolean isWanted() {
        return waiters != null;
    }

    /** Those who wait at this moment, the first first; they may leave while the list is gone through. */
    List<Waiter<P, V>> waiters() {
        List<Waiter<P, V>> all = new ArrayList<>(1);
        for (Waiter<P, V> waiter = waiters; waiter != null; waiter = waiter.next) {
            all.add(waiter);
        }
        Collections.reverse(all);
        return all;
    }

    /** Whether it was taken into a batch. */
    boolean isCut() {
        return cut;
    }

    void cutAt(long nowNanos) {
        cut = true;
        for (Waiter<P, V> waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.submission.cutAt(nowNanos);
        }
    }

    /** Whether the time of one who waits is over. */
    boolean hasLate(long nowNanos) {
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
