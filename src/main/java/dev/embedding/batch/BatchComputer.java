package dev.embedding.batch;

import dev.embedding.batch.BatchFunction.BatchRun;
import dev.embedding.batch.Submission.Row;
import java.util.List;
import java.util.function.LongSupplier;

/** Computes cut batches outside of the lanes' lock. A batch that fails as a whole is tried once more, row by row. */
final class BatchComputer<P, V> {

    /** The queue's side of a computation. */
    interface Ledger<P, V> {
        /** Whether somebody still waits for the row. */
        boolean isWanted(Row<P, V> row);

        /** Time that a run took; only runs that shared the machine as usual are told. */
        void measured(long paddedTokens, long nanos);

        /** Hands each row its outcome. */
        void settle(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes);
    }

    private final BatchFunction<P, V> function;
    private final BatchObserver observer;
    private final Ledger<P, V> ledger;
    private final LongSupplier clock;

    BatchComputer(BatchFunction<P, V> function, BatchObserver observer, Ledger<P, V> ledger, LongSupplier clock) {
        this.function = function;
        this.observer = observer;
        this.ledger = ledger;
        this.clock = clock;
    }

    void compute(List<Row<P, V>> batch, BatchRun run) {
        List<RowOutcome<V>> outcomes;
        try {
            outcomes = outcomes(batch, run);
        } catch (RuntimeException | Error failure) {
            if (batch.size() == 1) {
                ledger.settle(batch, List.of(new RowOutcome.Failed<>(asRuntimeException(failure))));
            } else {
                batch.stream().filter(ledger::isWanted).forEach(row -> compute(List.of(row), run));
            }
            return;
        }
        ledger.settle(batch, outcomes);
    }

    private List<RowOutcome<V>> outcomes(List<Row<P, V>> batch, BatchRun run) {
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
        if (!run.alone() && padded > 0) {
            ledger.measured(padded, nanos);
        }
        observer.computed(batch.size(), tokens, padded, nanos);
        return outcomes;
    }

    private static RuntimeException asRuntimeException(Throwable failure) {
        return failure instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException("The batch function failed", failure);
    }
}
