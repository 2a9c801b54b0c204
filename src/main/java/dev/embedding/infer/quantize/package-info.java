/** Quantizes fp32 encoders to 8 bits: measures the inputs of their matrix multiplications, and rewrites the graph. */
@NullMarked
package dev.embedding.infer.quantize;

import org.jspecify.annotations.NullMarked;
