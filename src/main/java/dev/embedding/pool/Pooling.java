package dev.embedding.pool;

import java.nio.FloatBuffer;

/** How the token vectors of one row become one vector, as in sentence-transformers' Pooling module. */
public enum Pooling {
    /** The vector of the first token. */
    CLS {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            float[] vector = new float[dimension];
            hidden.get(start, vector);
            return vector;
        }
    },
    /** The mean over all tokens that are not padding. */
    MEAN {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            double[] sums = new double[dimension];
            float[] token = new float[dimension];
            for (int index = 0; index < tokens; index++) {
                hidden.get(start + index * dimension, token);
                for (int component = 0; component < dimension; component++) {
                    sums[component] += token[component];
                }
            }
            float[] vector = new float[dimension];
            for (int component = 0; component < dimension; component++) {
                vector[component] = (float) (sums[component] / tokens);
            }
            return vector;
        }
    };

    /**
     * @param hidden token vectors, {@code [rows, longest, dimension]} in row-major order
     * @param start where the row's first token vector begins
     * @param tokens how many of the row's tokens are not padding; they come first
     * @return {@code [dimension]}
     */
    public abstract float[] pool(FloatBuffer hidden, int start, int tokens, int dimension);
}
