/**
 * Quantization: makes 8-bit versions of fp32 encoders by measuring the inputs of their matrix multiplications and
 * rewriting the graph.
 */
@NullMarked
package dev.embedding.infer.quantize;

import org.jspecify.annotations.NullMarked;
