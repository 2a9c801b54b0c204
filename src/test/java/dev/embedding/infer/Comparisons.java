package dev.embedding.infer;

import dev.embedding.vector.Pooling;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorSteps;
import java.util.List;
import java.util.Optional;

/** Rows on which tests compare rewritten graphs with shipped ones. */
final class Comparisons {

    static final List<int[]> ROWS = List.of(new int[] {2, 11, 12, 13, 14, 15, 16, 17, 18, 3}, new int[] {2, 19, 3});

    /** Each graph is compared each time. */
    static final Optional<GraphComparison> REPEATED =
            Optional.of(new GraphComparison(ROWS, finding -> false, finding -> {}));

    /** Heads of models that read one pooling of the token vectors and nothing else. */
    static final Optional<VectorHead> MEAN = head(Pooling.MEAN);

    static final Optional<VectorHead> CLS = head(Pooling.CLS);

    private Comparisons() {}

    private static Optional<VectorHead> head(Pooling pooling) {
        return Optional.of(new VectorHead(List.of(pooling), false, VectorSteps.NONE));
    }
}
