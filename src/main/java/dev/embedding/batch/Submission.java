package dev.embedding.batch;

import dev.embedding.batch.Row.Waiter;
import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one request, which have one deadline and complete or fail together. All fields but the emitter are guarded by
 * the lanes' lock; the emitter is only called outside of it.
 */
final class Submission<P, V> {

    final Priority priority;
    final List<Waiter<P, V>> waiters;
    final long submittedNanos;
    final long deadlineNanos;
    private final UniEmitter<? super BatchResult<V>> emitter;
    private final List<@Nullable V> values;
    private int missing;
    private int sharedRows;
    private boolean done;
    private boolean started;
    private long firstCutNanos;

    Submission(
            Priority priority,
            int rows,
            long submittedNanos,
            long deadlineNanos,
            UniEmitter<? super BatchResult<V>> emitter) {
        this.priority = priority;
        this.waiters = new ArrayList<>(rows);
        this.submittedNanos = submittedNanos;
        this.deadlineNanos = deadlineNanos;
        this.emitter = emitter;
        this.values = new ArrayList<>(Collections.nCopies(rows, null));
        this.missing = rows;
    }

    /** Waits for a row. */
    void await(Row<P, V> row, int index) {
        waiters.add(row.awaitedBy(this, index));
    }

    /** Waits for a row that is in flight already. */
    void share(Row<P, V> row, int index, long nowNanos) {
        sharedRows++;
        await(row, index);
        if (row.isCut()) {
            cutAt(nowNanos);
        }
    }

    /** Takes a cached value. */
    void share(V value, int index, long nowNanos) {
        sharedRows++;
        accept(index, value);
        if (done) {
            cutAt(nowNanos);
        }
    }

    /** Whether it needs no more rows: completed, failed or cancelled. */
    boolean isDone() {
        return done;
    }

    boolean isPastDeadline(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    void cutAt(long nowNanos) {
        if (!started) {
            started = true;
            firstCutNanos = nowNanos;
        }
    }

    /** Whether at least one of its rows was taken into a batch. */
    boolean isStarted() {
        return started;
    }

    /** Stores a row's value; true when it was the last missing one. */
    boolean accept(int index, V value) {
        values.set(index, value);
        missing--;
        done = missing == 0;
        return done;
    }

    /** Ends it without a result; false when it was done already. */
    boolean end() {
        boolean wasPending = !done;
        done = true;
        return wasPending;
    }

    /** Whether all values are present. */
    boolean isComplete() {
        return missing == 0;
    }

    @SuppressWarnings("unchecked") // called once every value is present
    void complete(long nowNanos) {
        BatchResult<V> result = new BatchResult<>(
                Collections.unmodifiableList(values),
                sharedRows,
                firstCutNanos - submittedNanos,
                nowNanos - firstCutNanos);
        notifySubscriber(() -> emitter.complete(result));
    }

    void fail(RuntimeException reason) {
        notifySubscriber(() -> emitter.fail(reason));
    }

    /** A subscriber that throws must not prevent the completion of others, nor end the lane that completes them. */
    private static void notifySubscriber(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error failure) {
            Infrastructure.handleDroppedException(failure);
        }
    }
}
