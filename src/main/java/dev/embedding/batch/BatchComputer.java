package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import java.util.List;
import java.util.function.LongSupplier;

/** Computes rows together, outside of the lanes' lock, and measures how long that took. */
final class BatchComputer<P, V> {

    /** The queue's side of a computation. */
    interface Ledger<P, V> {
        /** Whether somebody still waits for the row. */
        boolean isWanted(Row<P, V> row);

        /** Time that a run took; only runs that shared the machine as usual are told. */
        void measured(long tokens, long nanos);

        /** Memory did not suffice for these rows together. */
        void tooLarge(List<Row<P, V>> rows);

        /** Hands each row its outcome. */
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

    List<RowOutcome<V>> outcomes(List<Row<P, V>> batch, BatchRun run) {
        List<P> payloads = batch.stream().map(row -> row.content.payload()).toList();
        long start = clock.getAsLong();
        List<RowOutcome<V>> outcomes = function.compute(payloads, run);
        long nanos = clock.getAsLong() - start;
        if (outcomes.size() != batch.size()) {
            throw new IllegalStateException(
                    "The batch function answered " + outcomes.size() + " rows of " + batch.size());
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
