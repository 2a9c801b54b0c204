package dev.embedding.batch;

import dev.embedding.batch.BatchCost.Shape;
import java.util.Arrays;

/**
 * Chooses the rows of a batch from the oldest waiting ones. A pure function.
 *
 * <p>The head (the oldest row) is always part of the batch, so no row starves: a row with {@code p} rows before it is
 * in one of the next {@code p + 1} batches. With the rows sorted by length, the batch is the contiguous range around
 * the head with the most true tokens per unit of cost ({@link BatchCost}). Token budget, row limit and padding limit
 * hold for every batch of more than one row.
 */
final class BatchFormer {

    private BatchFormer() {}

    /**
     * @param lengths tokens of each candidate, oldest first; at least one
     * @return indices into {@code lengths} of the chosen rows, the longest first; contains 0
     */
    static int[] choose(int[] lengths, BatchLimits limits) {
        int[] byLength = longestFirst(lengths);
        int head = indexOfHead(byLength);
        int bestFrom = head;
        int bestTo = head;
        double bestEfficiency = efficiency(Shape.of(lengths[0]), limits);
        for (int from = head; from >= 0 && head - from < limits.maxRows(); from--) {
            Shape batch = Shape.of(lengths[byLength[from]]);
            int to = from;
            while (to + 1 < byLength.length && fits(batch.with(lengths[byLength[to + 1]]), limits)) {
                to++;
                batch = batch.with(lengths[byLength[to]]);
            }
            double candidate = efficiency(batch, limits);
            if (to >= head && candidate > bestEfficiency) {
                bestEfficiency = candidate;
                bestFrom = from;
                bestTo = to;
            }
        }
        return Arrays.copyOfRange(byLength, bestFrom, bestTo + 1);
    }

    /** True tokens (without padding) per unit of cost. */
    private static double efficiency(Shape batch, BatchLimits limits) {
        return batch.tokens() / limits.cost().total(batch);
    }

    private static boolean fits(Shape batch, BatchLimits limits) {
        return batch.rows() <= limits.maxRows()
                && limits.cost().computedTokens(batch) <= limits.tokenBudget()
                && limits.cost().padding(batch) <= limits.maxPadding();
    }

    /** Indices ordered by length, longest first, the older first among equals. */
    private static int[] longestFirst(int[] lengths) {
        long[] keys = new long[lengths.length];
        for (int index = 0; index < lengths.length; index++) {
            keys[index] = ((long) -lengths[index] << Integer.SIZE) + index;
        }
        Arrays.sort(keys);
        int[] order = new int[lengths.length];
        for (int position = 0; position < order.length; position++) {
            order[position] = (int) keys[position];
        }
        return order;
    }

    private static int indexOfHead(int[] order) {
        int position = 0;
        while (order[position] != 0) {
            position++;
        }
        return position;
    }
}
