package dev.embedding.vector;

/** A transformation of a text's vector after pooling. */
public sealed interface VectorStep permits Projection, LayerNormalization, Normalization {

    /** @param vector may be changed */
    float[] apply(float[] vector);
}
