package dev.embedding.vector;

/**
 * Projection by a linear layer and its activation, as sentence-transformers' Dense module computes it.
 *
 * @param weights {@code [outFeatures, inFeatures]} in row-major order
 * @param bias {@code [outFeatures]}
 * @param activation applied to each component
 * @param residual what is added after the activation
 */
public record Projection(float[] weights, float[] bias, Activation activation, Residual residual)
        implements VectorStep {

    /** Summand of the result. */
    public sealed interface Residual {}

    /** Nothing is added. */
    public record NoResidual() implements Residual {}

    /** The vector is added, which has as many components as the result. */
    public record InputResidual() implements Residual {}

    /**
     * The vector is added, projected.
     *
     * @param weights {@code [outFeatures, inFeatures]} in row-major order
     */
    public record ProjectedResidual(float[] weights) implements Residual {}

    public int outputs() {
        return bias.length;
    }

    public int inputs() {
        return weights.length / bias.length;
    }

    /** @param vector {@code [inFeatures]} */
    @Override
    public float[] apply(float[] vector) {
        float[] result = new float[bias.length];
        for (int row = 0; row < bias.length; row++) {
            float component = (float) activation.apply(bias[row] + product(weights, row, vector));
            result[row] = component + added(row, vector);
        }
        return result;
    }

    private float added(int row, float[] vector) {
        if (residual instanceof ProjectedResidual projected) {
            return (float) product(projected.weights(), row, vector);
        }
        return residual instanceof InputResidual ? vector[row] : 0;
    }

    private static double product(float[] weights, int row, float[] vector) {
        double sum = 0;
        int start = row * vector.length;
        for (int column = 0; column < vector.length; column++) {
            sum += (double) weights[start + column] * vector[column];
        }
        return sum;
    }
}
