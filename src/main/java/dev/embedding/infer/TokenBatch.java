package dev.embedding.infer;

import java.util.List;

/**
 * Rows of token ids that are computed in one run.
 *
 * @param rows ids of each row without padding; at least one row, none empty
 * @param longest tokens of the longest row
 * @param skipped for each row how many of its first tokens a pooling leaves out; empty for none
 */
public record TokenBatch(List<int[]> rows, int longest, List<Integer> skipped) {

    public TokenBatch {
        if (rows.stream().anyMatch(ids -> ids.length == 0)) {
            throw new IllegalArgumentException("A row of a batch must have at least one token");
        }
    }

    public static TokenBatch of(List<int[]> rows) {
        return of(rows, List.of());
    }

    public static TokenBatch of(List<int[]> rows, List<Integer> skipped) {
        return new TokenBatch(
                rows, rows.stream().mapToInt(ids -> ids.length).max().orElseThrow(), skipped);
    }

    int paddedTokens() {
        return Math.multiplyExact(rows.size(), longest);
    }
}
