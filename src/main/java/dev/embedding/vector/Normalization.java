package dev.embedding.vector;

/** Scales a vector to length 1. */
public record Normalization() implements VectorStep {

    @Override
    public float[] apply(float[] vector) {
        VectorNorm.normalize(vector);
        return vector;
    }
}
