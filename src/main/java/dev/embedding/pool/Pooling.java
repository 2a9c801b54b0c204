package dev.embedding.pool;

import java.nio.FloatBuffer;
import java.util.function.IntToDoubleFunction;

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
    /** The largest value of each component. */
    MAX {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            float[] vector = CLS.pool(hidden, start, tokens, dimension);
            for (int index = 1; index < tokens; index++) {
                for (int component = 0; component < dimension; component++) {
                    vector[component] = Math.max(vector[component], hidden.get(start + index * dimension + component));
                }
            }
            return vector;
        }
    },
    /** The mean over all tokens that are not padding. */
    MEAN {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            return weighted(hidden, start, tokens, dimension, index -> 1.0 / tokens);
        }
    },
    /** The sum over all tokens, divided by the root of their number. */
    MEAN_SQRT_LEN {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            return weighted(hidden, start, tokens, dimension, index -> 1 / Math.sqrt(tokens));
        }
    },
    /** The mean with the weights 1, 2, 3, … */
    WEIGHTED_MEAN {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            double all = tokens * (tokens + 1.0) / 2;
            return weighted(hidden, start, tokens, dimension, index -> (index + 1) / all);
        }
    },
    /** The vector of the last token that is not padding. */
    LAST_TOKEN {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int tokens, int dimension) {
            return CLS.pool(hidden, start + (tokens - 1) * dimension, 1, dimension);
        }
    };

    private static float[] weighted(
            FloatBuffer hidden, int start, int tokens, int dimension, IntToDoubleFunction weight) {
        double[] sums = new double[dimension];
        float[] token = new float[dimension];
        for (int index = 0; index < tokens; index++) {
            hidden.get(start + index * dimension, token);
            double share = weight.applyAsDouble(index);
            for (int component = 0; component < dimension; component++) {
                sums[component] += share * token[component];
            }
        }
        float[] vector = new float[dimension];
        for (int component = 0; component < dimension; component++) {
            vector[component] = (float) sums[component];
        }
        return vector;
    }

    /**
     * @param hidden token vectors, {@code [rows, longest, dimension]} in row-major order
     * @param start where the row's first token vector begins
     * @param tokens how many of the row's tokens are not padding; they come first
     * @return {@code [dimension]}
     */
    public abstract float[] pool(FloatBuffer hidden, int start, int tokens, int dimension);
}
