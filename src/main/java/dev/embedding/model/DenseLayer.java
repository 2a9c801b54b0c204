package dev.embedding.model;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * A Dense module after the pooling: {@code activation(weights × vector + bias)}.
 *
 * @param weights a safetensors file with {@code linear.weight}, {@code [outFeatures, inFeatures]}, and
 *     {@code linear.bias}
 * @param bias whether there is a bias
 * @param residual whether the input is added to the output: unchanged, or, where the dimensions differ, multiplied by
 *     {@code residual.weight}
 */
public record DenseLayer(
        Path weights, int inFeatures, int outFeatures, boolean bias, Activation activation, boolean residual)
        implements PostPoolingModule {

    /** Activation function after the multiplication. */
    public enum Activation {
        IDENTITY,
        TANH,
        RELU,
        SIGMOID,
        GELU,
        SILU;

        /** Finds an activation by its torch class, as {@code torch.nn.modules.activation.Tanh}. */
        public static Optional<Activation> byTorchClass(String name) {
            String simple = name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
            for (Activation activation : values()) {
                if (activation.name().equals(simple)) {
                    return Optional.of(activation);
                }
            }
            return Optional.empty();
        }
    }
}
