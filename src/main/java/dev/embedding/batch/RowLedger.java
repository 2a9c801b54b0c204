package dev.embedding.batch;

import dev.embedding.batch.Row.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Books what the lanes computed: values and failures to the submissions that wait for them, rate, shortage of memory. */
final class RowLedger<P, V> implements BatchComputer.Ledger<P, V> {

    private final Guarded<BatcherState<P, V>> guarded;
    private final RowCache<V> rowCache;
    private final LongSupplier clock;

    RowLedger(Guarded<BatcherState<P, V>> guarded, RowCache<V> rowCache, LongSupplier clock) {
        this.guarded = guarded;
        this.rowCache = rowCache;
        this.clock = clock;
    }

    @Override
    public boolean hasWaiters(Row<P, V> row) {
        return guarded.locked(state -> row.hasWaiters());
    }

    @Override
    public void measured(long tokens, long nanos) {
        guarded.runLocked(state -> state.rate.measured(tokens, nanos));
    }

    @Override
    public void outOfMemory(List<Row<P, V>> rows) {
        guarded.runLocked(
                state -> state.memory.outOfMemory(state.limits.cost().computedTokens(shape(rows)), clock.getAsLong()));
    }

    private static <P, V> BatchCost.Shape shape(List<Row<P, V>> rows) {
        int longest = rows.stream().mapToInt(Row::tokens).max().orElseThrow();
        long tokens = rows.stream().mapToLong(Row::tokens).sum();
        return new BatchCost.Shape(rows.size(), longest, tokens, 0);
    }

    @Override
    public void settle(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
        cacheValues(rows, outcomes);
        List<Runnable> completions = new ArrayList<>();
        guarded.runLocked(state -> {
            for (int index = 0; index < rows.size(); index++) {
                Row<P, V> row = rows.get(index);
                state.queue.removeInFlight(row);
                for (Waiter<P, V> waiter : row.waiters()) {
                    settle(state, waiter, outcomes.get(index), completions);
                }
            }
        });
        completions.forEach(Runnable::run);
    }

    private void cacheValues(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
        for (int index = 0; index < rows.size(); index++) {
            Object key = rows.get(index).content.key();
            if (key != null && outcomes.get(index) instanceof RowOutcome.Computed<V> computed) {
                rowCache.put(key, computed.value());
            }
        }
    }

    private void settle(
            BatcherState<P, V> state, Waiter<P, V> waiter, RowOutcome<V> outcome, List<Runnable> completions) {
        Submission<P, V> submission = waiter.submission;
        waiter.leave();
        if (submission.isDone()) {
            return; // The same row, at another index, has failed the submission already.
        }
        if (outcome instanceof RowOutcome.Computed<V> computed) {
            if (submission.accept(waiter.index, computed.value())) {
                long now = clock.getAsLong();
                completions.add(() -> submission.complete(now));
            }
        } else if (outcome instanceof RowOutcome.Failed<V> failed && state.end(submission)) {
            completions.add(() -> submission.fail(new RowFailedException(waiter.index, failed.reason())));
        }
    }
}
