package dev.embedding.batch;

import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Cuts a batcher's batches for the lanes that ask for them. */
final class BatchSource<P, V> implements Lanes.WorkSource {

    private final Guarded<BatcherState<P, V>> guarded;
    private final BatchComputer<P, V> computer;
    private final LongSupplier clock;

    BatchSource(Guarded<BatcherState<P, V>> guarded, BatchComputer<P, V> computer, LongSupplier clock) {
        this.guarded = guarded;
        this.computer = computer;
        this.clock = clock;
    }

    @Override
    public Lanes.@Nullable Work cut() {
        return guarded.<Lanes.@Nullable Work, RuntimeException>locked(state -> cut(state.queue.next(), state));
    }

    @Override
    public Lanes.@Nullable Work cutInteractive() {
        return guarded.<Lanes.@Nullable Work, RuntimeException>locked(state -> cut(Priority.INTERACTIVE, state));
    }

    @Override
    public boolean hasWaiting() {
        return guarded.locked(state -> !state.queue.isEmpty());
    }

    @Override
    public boolean canCut() {
        return guarded.locked(state -> state.canCut(state.queue.next()));
    }

    @Override
    public boolean canCutInteractive() {
        return guarded.locked(state -> state.canCut(Priority.INTERACTIVE));
    }

    @Override
    public Priority next() {
        return guarded.locked(state -> state.queue.next());
    }

    @Override
    public double waitingSeconds() {
        return guarded.locked(BatcherState::waitingSeconds);
    }

    private Lanes.@Nullable Work cut(Priority priority, BatcherState<P, V> state) {
        if (!state.canCut(priority)) {
            return null;
        }
        long now = clock.getAsLong();
        Set<Submission<P, V>> expired = new LinkedHashSet<>();
        List<Row<P, V>> batch = state.cut(priority, now, expired);
        long stillQueued = state.queue.tokens();
        BatchExecution<P, V> work = new BatchExecution<>(
                priority,
                computer,
                batch,
                state.laneNanos(batch),
                () -> guarded.runLocked(atEnd -> atEnd.batchEnded(batch)));
        if (!expired.isEmpty()) {
            work.beforeFirst(() -> expired.forEach(submission -> submission.fail(
                    new DeadlineExceededException(Duration.ofNanos(now - submission.submittedNanos), stillQueued))));
        }
        return work;
    }
}
