package dev.embedding.infer.quantize;

import java.util.List;

/**
 * Options for quantizing a model.
 *
 * @param fine whether every token has a scale of its own everywhere, and the most sensitive products stay in fp32
 * @param firstTokenOnly whether only the first token's vector of each text is read
 * @param signedWeights whether weights are signed bytes; otherwise the same numbers around 128
 * @param outputs names that the output with the token vectors may have, the likeliest first
 */
public record QuantizationOptions(boolean fine, boolean firstTokenOnly, boolean signedWeights, List<String> outputs) {}
