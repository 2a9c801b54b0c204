package dev.embedding.batch;

import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

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

    private static BatchLimits wide(Duration longestRun, BatchCost cost, long maxQueuedTokens, WaitLimits waits) {
        return new BatchLimits(100, 10_000, 0.1, longestRun, cost, 1_000, Integer.MAX_VALUE, maxQueuedTokens, waits);
    }
}
