package dev.embedding.vector;

/** Makes one vector of another. */
@FunctionalInterface
public interface VectorStep {

    /** @param vector may be changed */
    float[] apply(float[] vector);
}
