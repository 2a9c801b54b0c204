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
 * One request's wait for its rows, which have one deadline and one completion. All fields but the emitter are guarded by the
 * lanes' lock; the emitter is only called outside of it.
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
    private boolean over;
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

    /** Waits for a row that is on its way already. */
    void share(Row<P, V> row, int index, long nowNanos) {
        sharedRows++;
        await(row, index);
        if (row.isCut()) {
            cutAt(nowNanos);
        }
    }

    /** Takes a value that is there already. */
    void share(V value, int index, long nowNanos) {
        sharedRows++;
        accept(index, value);
        if (over) {
            cutAt(nowNanos);
        }
    }

    /** Whether nobody waits for its rows any more: answered, failed or cancelled. */
    boolean isOver() {
        return over;
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

    /** Whether a row of it was taken into a batch. */
    boolean isStarted() {
        return started;
    }

    /** Keeps a row's value; true when that was the last one missing. */
    boolean accept(int index, V value) {
        values.set(index, value);
        missing--;
        over = missing == 0;
        return over;
    }

    /** Ends it without a response; false when it was over already. */
    boolean end() {
        boolean wasOpen = !over;
        over = true;
        return wasOpen;
    }

    /** Whether all values are there. */
    boolean isComplete() {
        return missing == 0;
    }

    @SuppressWarnings("unchecked") // called once every value is present
    void answer(long nowNanos) {
        BatchResult<V> result = new BatchResult<>(
                Collections.unmodifiableList(values),
                sharedRows,
                firstCutNanos - submittedNanos,
                nowNanos - firstCutNanos);
        tell(() -> emitter.complete(result));
    }

    void fail(RuntimeException reason) {
        tell(() -> emitter.fail(reason));
    }

    /** A subscriber that throws must not keep others from their responses, nor end the lane that serves them. */
    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error failure) {
            Infrastructure.handleDroppedException(failure);
        }
    }
}
