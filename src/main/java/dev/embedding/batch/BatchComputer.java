package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import java.util.List;
import java.util.function.LongSupplier;

/** Computes the rows of a batch outside of the lanes' lock and reports the time taken. */
final class BatchComputer<P, V> {

    /** Callbacks to the queue about computed batches. */
    interface Ledger<P, V> {
        /** Whether a submission still waits for the row. */
        boolean hasWaiters(Row<P, V> row);

        /** Records the time of a run; runs that had the machine to themselves are left out. */
        void measured(long tokens, long nanos);

        /** Records that memory did not suffice to compute these rows together. */
        void outOfMemory(List<Row<P, V>> rows);

        /** Delivers each row's outcome to the submissions that wait for it. */
        void settle(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes);
    }

    private final BatchFunction<P, V> function;
    final BatchObserver observer;
    final Ledger<P, V> ledger;
    private final LongSupplier clock;

    BatchComputer(BatchFunction<P, V> function, BatchObserver observer, Ledger<P, V> ledger, LongSupplier clock) {
        this.function = function;
        this.observer = observer;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Time by the batcher's clock. */
    long nanos() {
        return clock.getAsLong();
    }

    List<RowOutcome<V>> outcomes(List<Row<P, V>> batch, BatchRun run) {
        List<P> payloads = batch.stream().map(row -> row.content.payload()).toList();
        long start = clock.getAsLong();
        List<RowOutcome<V>> outcomes = function.compute(payloads, run);
        long nanos = clock.getAsLong() - start;
        if (outcomes.size() != batch.size()) {
            throw new IllegalStateException(
                    "The batch function returned " + outcomes.size() + " outcomes for " + batch.size() + " rows");
        }
        long tokens = batch.stream().mapToLong(Row::tokens).sum();
        long longest = batch.stream().mapToLong(Row::tokens).max().orElseThrow();
        long padded = batch.size() * longest;
        if (!run.alone() && tokens > 0) {
            ledger.measured(tokens, nanos);
        }
        observer.computed(batch.size(), tokens, padded, nanos);
        return outcomes;
    }
}
