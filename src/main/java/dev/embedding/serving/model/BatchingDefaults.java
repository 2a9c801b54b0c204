package dev.embedding.serving.model;

import dev.embedding.batch.BatchCost;
import dev.embedding.batch.BatchLimits;
import dev.embedding.infer.ExecutionTarget;
import java.time.Duration;

/**
 * Initial batching parameters per device, replaced by measurements. docs/design-decisions.md has the measurements
 * behind them.
 *
 * @param tokenBudget batch size in tokens beyond which throughput does not improve
 * @param longestRun target for the maximum time that a batch occupies a lane
 * @param runOverheadTokens fixed cost of a run, in tokens
 * @param attentionSpan length of a row at which attention costs as much as everything else, for a small encoder
 * @param maxConcurrentBatches maximum number of batches computed at the same time
 * @param tokensPerSecondOfOneLane initial rate, for a small encoder
 */
record BatchingDefaults(
        int tokenBudget,
        Duration longestRun,
        int runOverheadTokens,
        int attentionSpan,
        int maxConcurrentBatches,
        double tokensPerSecondOfOneLane) {

    private static final double MAX_PADDING = 0.1;
    private static final int MIN_WINDOW = 64;
    private static final int WINDOW_BATCHES = 4;
    /** About a hundred megabytes with the texts; reached within the wait limits only where computing is very fast. */
    private static final long MAX_QUEUED_TOKENS = 10_000_000;

    private static final int NO_ATTENTION = Integer.MAX_VALUE;

    static BatchingDefaults of(ExecutionTarget target) {
        return switch (target) {
            case CPU -> new BatchingDefaults(256, Duration.ofMillis(250), 8, 1_400, Integer.MAX_VALUE, 2_000);
            // Two, so that one batch is copied while the other is computed.
            case CUDA -> new BatchingDefaults(16_384, Duration.ofMillis(100), 512, 10_000, 2, 200_000);
        };
    }

    /** Defaults for a table of token vectors, of which a lane adds up millions per second. */
    static BatchingDefaults ofTable() {
        return new BatchingDefaults(65_536, Duration.ofMillis(100), 64, NO_ATTENTION, Integer.MAX_VALUE, 5_000_000);
    }

    /** @param packed whether padding costs in attention only */
    BatchLimits limits(int maxBatchSize, boolean packed, QueueLimits queueLimits) {
        return new BatchLimits(
                maxBatchSize,
                tokenBudget,
                MAX_PADDING,
                longestRun,
                new BatchCost(runOverheadTokens, packed, attentionSpan),
                Math.max(MIN_WINDOW, WINDOW_BATCHES * maxBatchSize),
                maxConcurrentBatches,
                MAX_QUEUED_TOKENS,
                queueLimits.waits());
    }
}
