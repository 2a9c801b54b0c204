package dev.embedding.batch;

/**
 * Cost model of a run, in tokens that take the same time: a fixed overhead, a part linear in the tokens, and attention,
 * which is quadratic in the length of a row.
 *
 * @param overheadTokens fixed cost of a run; decides up to which length batching rows pays off
 * @param packed whether padding costs in attention only, or as much as a token does
 * @param attentionSpan length of a row at which attention costs as much as everything else together
 */
public record BatchCost(int overheadTokens, boolean packed, int attentionSpan) {

    public BatchCost {
        if (overheadTokens < 0) {
            throw new IllegalArgumentException("overheadTokens must not be negative, but is " + overheadTokens);
        }
        if (attentionSpan < 1) {
            throw new IllegalArgumentException("attentionSpan must be at least 1, not " + attentionSpan);
        }
    }

    /** Tokens that a batch computes outside attention, with the padding that is computed. */
    long computedTokens(Shape batch) {
        return packed ? batch.tokens() : batch.padded();
    }

    double total(Shape batch) {
        return overheadTokens + withoutOverhead(batch);
    }

    /** Share of a batch's cost, without its overhead, that is spent on padding: 0 to 1. */
    double padding(Shape batch) {
        if (batch.longest() == 0) {
            return 0;
        }
        double needed = batch.tokens() + (double) batch.squares() / attentionSpan;
        return 1 - needed / withoutOverhead(batch);
    }

    private double withoutOverhead(Shape batch) {
        return computedTokens(batch) + (double) batch.padded() * batch.longest() / attentionSpan;
    }

    /**
     * Number and lengths of the rows of a batch.
     *
     * @param tokens the sum of their lengths
     * @param squares the sum of the squares of their lengths
     */
    record Shape(int rows, int longest, long tokens, long squares) {

        static Shape of(int length) {
            return new Shape(1, length, length, (long) length * length);
        }

        /** Adds a row, which must not be longer than the longest. */
        Shape with(int length) {
            return new Shape(rows + 1, longest, tokens + length, squares + (long) length * length);
        }

        long padded() {
            return (long) rows * longest;
        }
    }
}
