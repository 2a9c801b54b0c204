package dev.embedding.infer.quantize;

/**
 * Options for quantizing a model.
 *
 * @param fine whether every token has a scale of its own everywhere, and the most sensitive products stay in fp32
 * @param signedWeights whether weights are signed bytes; otherwise the same numbers around 128
 */
record QuantizationOptions(boolean fine, boolean signedWeights) {}
