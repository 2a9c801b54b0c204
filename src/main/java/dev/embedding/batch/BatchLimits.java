package dev.embedding.batch;

import java.time.Duration;

/**
 * What bounds a batch and the queue.
 *
 * @param maxRows most rows in a batch
 * @param tokenBudget most padded tokens (rows × longest row) in a batch; a single row may exceed it
 * @param maxPadding largest share of a batch's padded tokens that may be padding, 0 to 1
 * @param longestRun how long a batch should hold a lane at most; where lanes are measured to be slower, the budget
 *     shrinks accordingly, to a quarter at most
 * @param runOverheadTokens what starting a run costs, in tokens of the same time; decides how far merging pays
 * @param window how many of the oldest rows a batch may be chosen from
 * @param maxConcurrentBatches most batches computed at the same time, whatever the number of lanes
 * @param maxQueuedTokens most tokens that may wait; one submission is always taken when nothing waits
 */
public record BatchLimits(
        int maxRows,
        int tokenBudget,
        double maxPadding,
        Duration longestRun,
        int runOverheadTokens,
        int window,
        int maxConcurrentBatches,
        long maxQueuedTokens) {

    public BatchLimits {
        requirePositive("maxRows", maxRows);
        requirePositive("tokenBudget", tokenBudget);
        requirePositive("window", window);
        requirePositive("maxConcurrentBatches", maxConcurrentBatches);
        requirePositive("maxQueuedTokens", maxQueuedTokens);
        if (!(maxPadding >= 0 && maxPadding < 1)) {
            throw new IllegalArgumentException("maxPadding must be in [0, 1), not " + maxPadding);
        }
        if (runOverheadTokens < 0) {
            throw new IllegalArgumentException("runOverheadTokens must not be negative, but is " + runOverheadTokens);
        }
    }

    public BatchLimits withMaxRows(int rows) {
        return new BatchLimits(
                rows,
                tokenBudget,
                maxPadding,
                longestRun,
                runOverheadTokens,
                window,
                maxConcurrentBatches,
                maxQueuedTokens);
    }

    public BatchLimits withTokenBudget(int tokens) {
        return new BatchLimits(
                maxRows,
                tokens,
                maxPadding,
                longestRun,
                runOverheadTokens,
                window,
                maxConcurrentBatches,
                maxQueuedTokens);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
