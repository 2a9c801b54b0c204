package dev.embedding.infer;

import java.nio.FloatBuffer;

/**
 * The model's output for a batch, valid until the next run with the same workspace.
 *
 * @param values {@code [rows, vectorsOfRow, dimension]} in row-major order
 * @param vectorsOfRow the longest row's number of tokens, or 1 where a row has a single vector: the first token's, or
 *     the text's pooled one
 */
public record TokenVectors(FloatBuffer values, int vectorsOfRow, int dimension) {

    /** Where the first token vector of a row begins in {@link #values}. */
    public int start(int row) {
        return row * vectorsOfRow * dimension;
    }
}
