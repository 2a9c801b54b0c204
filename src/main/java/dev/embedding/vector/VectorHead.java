package dev.embedding.vector;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * The way from token vectors to a text's vector: poolings, whose results are concatenated, and what follows them.
 *
 * @param skipsTokens whether the pooling leaves out a number of each text's first tokens
 */
public record VectorHead(List<Pooling> poolings, boolean skipsTokens, VectorSteps steps) {

    public VectorHead {
        poolings = List.copyOf(poolings);
    }

    /**
     * Dimension of the vectors, of token vectors of the given width.
     *
     * @throws IllegalArgumentException when a step takes another number of components than it gets
     */
    public int dimension(int width) {
        return steps.dimension(poolings.size() * width);
    }

    /** Whether only the first token's vector of each text is read. */
    public boolean readsFirstTokenOnly() {
        return poolings.equals(List.of(Pooling.CLS)) && !skipsTokens;
    }

    /**
     * The vector of one row.
     *
     * @param hidden token vectors, {@code [rows, longest, width]} in row-major order
     * @param start where the row's first token vector begins
     * @param excluded number of the row's first tokens that are excluded; may be more than there are
     * @param tokens how many of the row's tokens are not padding; they come first
     */
    public float[] apply(FloatBuffer hidden, int start, int excluded, int tokens, int width) {
        float[] pooled = new float[poolings.size() * width];
        for (int index = 0; index < poolings.size(); index++) {
            float[] one = poolings.get(index).pool(hidden, start, excluded, tokens, width);
            System.arraycopy(one, 0, pooled, index * width, width);
        }
        return steps.apply(pooled);
    }
}
