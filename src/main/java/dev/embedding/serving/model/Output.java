package dev.embedding.serving.model;

/** Output of a model for one input. */
public sealed interface Output {

    /** Number of tokens computed. */
    int tokens();

    /** Whether the input was truncated to the model's maximum length. */
    boolean truncated();

    /** Memory of the computed numbers, in bytes. */
    int bytes();

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
    }
}
