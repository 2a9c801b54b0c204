package dev.embedding.infer;

import java.nio.FloatBuffer;

/**
 * The model's output for a batch, valid until the next run with the same workspace.
 *
 * @param values {@code [rows, longest, dimension]} in row-major order
 */
public record TokenVectors(FloatBuffer values, int longest, int dimension) {

    /** Where the first token vector of a row begins in {@link #values}. */
    public int start(int row) {
        return row * longest * dimension;
    }
}
