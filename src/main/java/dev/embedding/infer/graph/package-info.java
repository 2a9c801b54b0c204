/**
 * Rewrites an encoder's ONNX graph before it is opened, so that less is computed and the vectors stay the same. Works
 * on graphs only, not on sessions; what is not recognised is left unchanged.
 */
@NullMarked
package dev.embedding.infer.graph;

import org.jspecify.annotations.NullMarked;
