/**
 * Writes ONNX graphs: nodes, constants, and what built and rewritten graphs have in common, which are rows of tokens
 * without padding and the head that makes vectors from them.
 */
@NullMarked
package dev.embedding.infer.onnx;

import org.jspecify.annotations.NullMarked;
