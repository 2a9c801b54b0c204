package dev.embedding.batch;

import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;

/**
 * Limits of a batch and of the queue.
 *
 * @param maxRows most rows in a batch
 * @param tokenBudget most tokens that a batch may compute, with the padding that is computed; a single row may exceed it
 * @param maxPadding largest share of a batch's cost that may be for padding, 0 to 1
 * @param longestRun how long a batch should hold a lane at most; where lanes are measured to be slower, the budget
 *     shrinks accordingly, to a quarter at most
 * @param cost what a run costs
 * @param window how many of the oldest rows a batch may be chosen from
 * @param maxConcurrentBatches most batches computed at the same time, whatever the number of lanes
 * @param maxQueuedTokens most tokens of a class that may wait, whatever the rate: bounds the memory that they take
 * @param waits how long rows may be expected to wait; one submission is always taken when nothing of its class waits
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
