package dev.embedding.vector;

import java.util.function.DoubleUnaryOperator;

/**
 * sentence-transformers' Dense module: a linear layer and its activation.
 *
 * @param weights {@code [outFeatures, inFeatures]} in row-major order
 * @param bias {@code [outFeatures]}
 * @param activation applied to each component
 */
public record Dense(float[] weights, float[] bias, DoubleUnaryOperator activation) implements VectorStep {

    public static final DoubleUnaryOperator RELU = value -> Math.max(0, value);
    public static final DoubleUnaryOperator SIGMOID = value -> 1 / (1 + Math.exp(-value));

    /** GELU with the error function, not with its approximation by tanh. */
    public static final DoubleUnaryOperator GELU = value -> value / 2 * (1 + erf(value / Math.sqrt(2)));

    /**
     * The error function to 1.5e-7.
     *
     * @see <a href="https://personal.math.ubc.ca/~cbm/aands/page_299.htm">Abramowitz and Stegun, 7.1.26</a>
     */
    private static double erf(double value) {
        double size = Math.abs(value);
        double t = 1 / (1 + 0.3275911 * size);
        double series =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.copySign(1 - series * Math.exp(-size * size), value);
    }

    public int outFeatures() {
        return bias.length;
    }

    /** @param vector {@code [inFeatures]} */
    @Override
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
