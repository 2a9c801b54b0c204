package dev.embedding.batch;

import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

/** Batch limits for tests; each test changes the one that it is about. */
final class Limits {

    static final WaitLimits PATIENT = new WaitLimits(Duration.ofDays(1), Duration.ofDays(1));

    static final BatchLimits WIDE = new BatchLimits(
            100,
            10_000,
            0.1,
            Duration.ofSeconds(10),
            new RunCost(8, false, 1_000_000),
            1_000,
            Integer.MAX_VALUE,
            1_000_000,
            PATIENT);

    private Limits() {}

    static BatchLimits queueOf(long maxQueuedTokens) {
        return new BatchLimits(
                WIDE.maxRows(),
                WIDE.tokenBudget(),
                WIDE.maxPadding(),
                WIDE.longestRun(),
                WIDE.cost(),
                WIDE.window(),
                WIDE.maxConcurrentBatches(),
                maxQueuedTokens,
                WIDE.waits());
    }

    static BatchLimits waitingFor(Duration interactive, Duration batch) {
        return new BatchLimits(
                WIDE.maxRows(),
                WIDE.tokenBudget(),
                WIDE.maxPadding(),
                WIDE.longestRun(),
                WIDE.cost(),
                WIDE.window(),
                WIDE.maxConcurrentBatches(),
                WIDE.maxQueuedTokens(),
                new WaitLimits(interactive, batch));
    }

    static BatchLimits runOfAtMost(Duration longestRun) {
        return new BatchLimits(
                WIDE.maxRows(),
                WIDE.tokenBudget(),
                WIDE.maxPadding(),
                longestRun,
                WIDE.cost(),
                WIDE.window(),
                WIDE.maxConcurrentBatches(),
                WIDE.maxQueuedTokens(),
                WIDE.waits());
    }

    static BatchLimits costing(RunCost cost) {
        return new BatchLimits(
                WIDE.maxRows(),
                WIDE.tokenBudget(),
                WIDE.maxPadding(),
                WIDE.longestRun(),
                cost,
                WIDE.window(),
                WIDE.maxConcurrentBatches(),
                WIDE.maxQueuedTokens(),
                WIDE.waits());
    }
}
