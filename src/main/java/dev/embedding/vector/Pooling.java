package dev.embedding.vector;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * Pools the token vectors of one row into one vector, as sentence-transformers' Pooling module does. The first tokens
 * of a row may be excluded; for a row without any others the mean is zero and the maximum minus infinity. The constants
 * are in the order in which several are concatenated when flags select them.
 */
public enum Pooling {
    /** The vector of the first token. */
    CLS("cls") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            return token(hidden, start, excluded < tokens ? excluded : 0, dimension);
        }
    },
    /** The largest value of each component. */
    MAX("max") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            float[] vector = new float[dimension];
            Arrays.fill(vector, Float.NEGATIVE_INFINITY);
            for (int index = excluded; index < tokens; index++) {
                for (int component = 0; component < dimension; component++) {
                    vector[component] = Math.max(vector[component], hidden.get(start + index * dimension + component));
                }
            }
            return vector;
        }
    },
    /** The mean over all tokens that are not padding. */
    MEAN("mean") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            double share = 1.0 / (tokens - excluded);
            return weighted(hidden, start, excluded, tokens, dimension, index -> share);
        }
    },
    /** The sum over all tokens, divided by the root of their number. */
    MEAN_SQRT_LEN("mean_sqrt_len_tokens") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            double share = 1 / Math.sqrt(tokens - excluded);
            return weighted(hidden, start, excluded, tokens, dimension, index -> share);
        }
    },
    /** The mean with the weights 1, 2, 3, … by the position in the whole row. */
    WEIGHTED_MEAN("weightedmean") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            double all = tokens * (tokens + 1.0) / 2 - excluded * (excluded + 1.0) / 2;
            return weighted(hidden, start, excluded, tokens, dimension, index -> (index + 1) / all);
        }
    },
    /** The vector of the last token that is not padding. */
    LAST_TOKEN("lasttoken") {
        @Override
        public float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension) {
            return excluded < tokens ? token(hidden, start, tokens - 1, dimension) : new float[dimension];
        }
    };

    private final String label;

    Pooling(String label) {
        this.label = label;
    }

    /** Its name in {@code pooling_mode} since sentence-transformers 6, and in this service. */
    public String label() {
        return label;
    }

    /** Finds a pooling by its {@link #label}; empty where there is none of that name. */
    public static Optional<Pooling> byLabel(String label) {
        for (Pooling pooling : values()) {
            if (pooling.label.equals(label)) {
                return Optional.of(pooling);
            }
        }
        return Optional.empty();
    }

    private static float[] token(FloatBuffer hidden, int start, int index, int dimension) {
        float[] vector = new float[dimension];
        hidden.get(start + index * dimension, vector);
        return vector;
    }

    private static float[] weighted(
            FloatBuffer hidden, int start, int excluded, int tokens, int dimension, IntToDoubleFunction weight) {
        double[] sums = new double[dimension];
        float[] token = new float[dimension];
        for (int index = excluded; index < tokens; index++) {
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
     * @param excluded number of the row's first tokens that are excluded; may be more than there are
     * @param tokens how many of the row's tokens are not padding; they come first
     * @return {@code [dimension]}
     */
    public abstract float[] pool(FloatBuffer hidden, int start, int excluded, int tokens, int dimension);
}
