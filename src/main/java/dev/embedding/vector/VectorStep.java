package dev.embedding.vector;

/** A transformation of a text's vector after pooling. */
@FunctionalInterface
public interface VectorStep {

    /** @param vector may be changed */
    float[] apply(float[] vector);
}
