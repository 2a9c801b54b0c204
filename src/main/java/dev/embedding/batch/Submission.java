package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one request, which share a deadline and one completion. All fields but the emitter are guarded by the
 * lanes' lock; the emitter is only called outside of it.
 */
final class Submission<P, V> {

    final Priority priority;
    final List<Row<P, V>> rows;
    final long submittedNanos;
    final long deadlineNanos;
    private final UniEmitter<? super BatchResult<V>> emitter;
    private final List<@Nullable V> values;
    private int missing;
    private boolean over;
    private boolean started;
    private long firstCutNanos;

    Submission(
            Priority priority,
            List<BatchRow<P>> rows,
            long submittedNanos,
            long deadlineNanos,
            UniEmitter<? super BatchResult<V>> emitter) {
        this.priority = priority;
        this.rows = new ArrayList<>(rows.size());
        for (BatchRow<P> row : rows) {
            this.rows.add(new Row<>(this, this.rows.size(), row));
        }
        this.submittedNanos = submittedNanos;
        this.deadlineNanos = deadlineNanos;
        this.emitter = emitter;
        this.values = new ArrayList<>(Collections.nCopies(rows.size(), null));
        this.missing = rows.size();
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

    /** Ends it without an answer; false when it was over already. */
    boolean end() {
        boolean wasOpen = !over;
        over = true;
        return wasOpen;
    }

    @SuppressWarnings("unchecked") // called once every value is present
    void answer(long nowNanos) {
        BatchResult<V> result = new BatchResult<>(
                Collections.unmodifiableList(values), firstCutNanos - submittedNanos, nowNanos - firstCutNanos);
        tell(() -> emitter.complete(result));
    }

    void fail(RuntimeException reason) {
        tell(() -> emitter.fail(reason));
    }

    /** A subscriber that throws must not keep others from their answers, nor end the lane that answers them. */
    private static void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error failure) {
            Infrastructure.handleDroppedException(failure);
        }
    }

    /** One row of a submission; also a link of the queue. */
    static final class Row<P, V> {
        final Submission<P, V> owner;
        final int index;
        final BatchRow<P> content;

        @Nullable
        Row<P, V> older;

        @Nullable
        Row<P, V> newer;

        boolean queued;

        Row(Submission<P, V> owner, int index, BatchRow<P> content) {
            this.owner = owner;
            this.index = index;
            this.content = content;
        }

        int tokens() {
            return content.tokens();
        }
    }
}
