package dev.embedding.model;

import java.nio.file.Path;

/** A module after the pooling, which transforms a text's vector. */
public sealed interface PostPoolingModule permits DenseLayer, PostPoolingModule.LayerNorm, PostPoolingModule.Normalize {

    /**
     * Layer normalisation with a gain and an offset for each component.
     *
     * @param weights a safetensors file with {@code norm.weight} and {@code norm.bias}, each {@code [dimension]}
     */
    record LayerNorm(Path weights, int dimension) implements PostPoolingModule {}

    /** Scales a vector to length 1. */
    record Normalize() implements PostPoolingModule {}
}
