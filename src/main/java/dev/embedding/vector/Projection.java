package dev.embedding.vector;

/**
 * Projection by a linear layer and its activation, as sentence-transformers' Dense module computes it.
 *
 * @param weights {@code [outFeatures, inFeatures]} in row-major order
 * @param bias {@code [outFeatures]}
 * @param activation applied to each component
 */
public record Projection(float[] weights, float[] bias, Activation activation) implements VectorStep {

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
            result[row] = (float) activation.apply(sum);
        }
        return result;
    }
}
