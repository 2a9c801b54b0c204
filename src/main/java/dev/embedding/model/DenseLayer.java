package dev.embedding.model;

import dev.embedding.vector.Activation;
import java.nio.file.Path;

/**
 * A Dense module after the pooling: {@code activation(weights × vector + bias)}.
 *
 * @param weights a safetensors file with {@code linear.weight}, {@code [outFeatures, inFeatures]}, and
 *     {@code linear.bias}
 * @param bias whether there is a bias
 * @param activation applied to each component; its name is part of the fingerprint
 * @param residual whether the input is added to the output: unchanged, or, where the dimensions differ, multiplied by
 *     {@code residual.weight}
 */
public record DenseLayer(
        Path weights, int inFeatures, int outFeatures, boolean bias, Activation activation, boolean residual)
        implements PostPoolingModule {}
