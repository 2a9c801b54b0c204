package dev.embedding.infer;

import java.util.List;
import java.util.Optional;

/** Rows on which tests compare rewritten graphs with shipped ones. */
final class Comparisons {

    static final List<int[]> ROWS = List.of(new int[] {2, 11, 12, 13, 14, 15, 16, 17, 18, 3}, new int[] {2, 19, 3});

    /** Each graph is compared each time. */
    static final Optional<GraphComparison> REPEATED =
            Optional.of(new GraphComparison(ROWS, finding -> false, finding -> {}));

    private Comparisons() {}
}
