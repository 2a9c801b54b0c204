package dev.embedding.pool;

import java.util.function.DoubleUnaryOperator;

/**
 * sentence-transformers' Dense module: a linear layer and what follows it.
 *
 * @param weights {@code [outFeatures, inFeatures]} in row-major order
 * @param bias {@code [outFeatures]}
 * @param activation applied to each component
 */
public record Dense(float[] weights, float[] bias, DoubleUnaryOperator activation) {

    public static final DoubleUnaryOperator RELU = value -> Math.max(0, value);
    public static final DoubleUnaryOperator SIGMOID = value -> 1 / (1 + Math.exp(-value));

    public int outFeatures() {
        return bias.length;
    }

    /** @param vector {@code [inFeatures]} */
    public float[] apply(float[] vector) {
        float[] result = new float[bias.length];
        for (int row = 0; row < bias.length; row++) {
            double sum = bias[row];
            int start = row * vector.length;
            for (int column = 0; column < vector.length; column++) {
                sum += (double) weights[start + column] * vector[column];
            }
            result[row] = (float) activation.applyAsDouble(sum);
        }
        return result;
    }
}
