package dev.embedding.serving.model;

import dev.embedding.vector.VectorNorm;

/** Output of a model for one input. */
public sealed interface Output {

    /** Number of tokens computed. */
    int tokens();

    /** Whether the input was truncated to the model's maximum length. */
    boolean truncated();

    /** Memory of the computed numbers, in bytes. */
    int bytes();

    /** Whether none of the computed numbers is NaN or infinite. */
    boolean isFinite();

    /**
     * One vector for the whole input.
     *
     * @param vector {@code [dimension]}, not normalised; must not be modified, as it is shared
     */
    record Dense(float[] vector, int tokens, boolean truncated) implements Output {
        @Override
        public int bytes() {
            return Float.BYTES * vector.length;
        }

        @Override
        public boolean isFinite() {
            return VectorNorm.isFinite(vector);
        }
    }
}
