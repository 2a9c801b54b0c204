package dev.embedding.batch;

import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

/**
 * Limits of a batch and of the queue.
 *
 * @param maxRows maximum number of rows in a batch
 * @param tokenBudget maximum number of tokens in a batch, including the padding that is computed; a single row may
 *     exceed it
 * @param maxPadding maximum share of a batch's cost that is spent on padding, at least 0 and less than 1
 * @param longestRun target for the maximum time that a batch occupies a lane; where the measured rate is too low for
 *     it, the token budget is reduced, to a quarter at the least
 * @param cost cost model of a run
 * @param window number of oldest rows from which a batch is chosen
 * @param maxConcurrentBatches maximum number of batches computed at the same time, whatever the number of lanes
 * @param maxQueuedTokens maximum number of waiting tokens of a class, whatever the rate: bounds their memory
 * @param waits maximum expected wait; a submission is always admitted when nothing of its class waits
 */
public record BatchLimits(
        int maxRows,
        int tokenBudget,
        double maxPadding,
        Duration longestRun,
        BatchCost cost,
        int window,
        int maxConcurrentBatches,
        long maxQueuedTokens,
        WaitLimits waits) {

    public BatchLimits {
        requirePositive("maxRows", maxRows);
        requirePositive("tokenBudget", tokenBudget);
        requirePositive("window", window);
        requirePositive("maxConcurrentBatches", maxConcurrentBatches);
        requirePositive("maxQueuedTokens", maxQueuedTokens);
        if (!(maxPadding >= 0 && maxPadding < 1)) {
            throw new IllegalArgumentException("maxPadding must be in [0, 1), not " + maxPadding);
        }
    }

    public BatchLimits withMaxRows(int rows) {
        return new BatchLimits(
                rows, tokenBudget, maxPadding, longestRun, cost, window, maxConcurrentBatches, maxQueuedTokens, waits);
    }

    public BatchLimits withTokenBudget(int tokens) {
        return new BatchLimits(
                maxRows, tokens, maxPadding, longestRun, cost, window, maxConcurrentBatches, maxQueuedTokens, waits);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
