package dev.embedding.vector;

/**
 * Layer normalisation, as sentence-transformers' LayerNorm module computes it: components of mean 0 and variance 1, and
 * then a gain and an offset for each.
 *
 * @param gain {@code [dimension]}
 * @param offset {@code [dimension]}
 */
public record LayerNormalization(float[] gain, float[] offset) implements VectorStep {

    /** Added to the variance, as in PyTorch. */
    public static final double EPSILON = 1e-5;

    @Override
    public float[] apply(float[] vector) {
        double sum = 0;
        for (float component : vector) {
            sum += component;
        }
        double mean = sum / vector.length;
        double squares = 0;
        for (float component : vector) {
            squares += (component - mean) * (component - mean);
        }
        double scale = 1 / Math.sqrt(squares / vector.length + EPSILON);
        float[] result = new float[vector.length];
        for (int index = 0; index < vector.length; index++) {
            result[index] = (float) ((vector[index] - mean) * scale * gain[index] + offset[index]);
        }
        return result;
    }
}
