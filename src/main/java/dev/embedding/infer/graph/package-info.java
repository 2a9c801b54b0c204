/**
 * Rewriting of an encoder's ONNX graph before it is opened, so that less is computed and the vectors stay the same.
 * Has graphs, no sessions: what is not recognised is left as it is.
 */
@NullMarked
package dev.embedding.infer.graph;

import org.jspecify.annotations.NullMarked;
