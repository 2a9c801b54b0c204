package dev.embedding.batch;

import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;
import java.util.Random;

/** Batch limits for tests; each test changes the one that it is about. */
final class Limits {

    static final WaitLimits PATIENT = new WaitLimits(Duration.ofDays(1), Duration.ofDays(1));

    static final BatchLimits WIDE =
            wide(Duration.ofSeconds(10), new BatchCost(8, false, 1_000_000), 1_000_000, PATIENT);

    private Limits() {}

    static BatchLimits queueOf(long maxQueuedTokens) {
        return wide(WIDE.longestRun(), WIDE.cost(), maxQueuedTokens, WIDE.waits());
    }

    static BatchLimits waitingFor(Duration interactive, Duration batch) {
        return wide(WIDE.longestRun(), WIDE.cost(), WIDE.maxQueuedTokens(), new WaitLimits(interactive, batch));
    }

    static BatchLimits runOfAtMost(Duration longestRun) {
        return wide(longestRun, WIDE.cost(), WIDE.maxQueuedTokens(), WIDE.waits());
    }

    static BatchLimits costing(BatchCost cost) {
        return wide(WIDE.longestRun(), cost, WIDE.maxQueuedTokens(), WIDE.waits());
    }

    /**
     * Limits of small batches, on which nothing waits too long.
     *
     * @param budgets number of token budgets to choose from, from 200 on
     */
    static BatchLimits random(Random random, int budgets) {
        return new BatchLimits(
                1 + random.nextInt(8),
                200 + random.nextInt(budgets),
                0.2,
                Duration.ofSeconds(100),
                WIDE.cost(),
                16,
                Integer.MAX_VALUE,
                1_000_000,
                PATIENT);
    }

    private static BatchLimits wide(Duration longestRun, BatchCost cost, long maxQueuedTokens, WaitLimits waits) {
        return new BatchLimits(100, 10_000, 0.1, longestRun, cost, 1_000, Integer.MAX_VALUE, maxQueuedTokens, waits);
    }
}
