package dev.embedding.infer;

import java.util.List;

/**
 * Rows of token ids that are computed in one run.
 *
 * @param rows ids of each row without padding; at least one row, none empty
 * @param longest tokens of the longest row
 */
public record TokenBatch(List<int[]> rows, int longest) {

    public TokenBatch {
        if (rows.stream().anyMatch(ids -> ids.length == 0)) {
            throw new IllegalArgumentException("A row of a batch must have at least one token");
        }
    }

    public static TokenBatch of(List<int[]> rows) {
        return new TokenBatch(
                rows, rows.stream().mapToInt(ids -> ids.length).max().orElseThrow());
    }

    int paddedTokens() {
        return Math.multiplyExact(rows.size(), longest);
    }
}
