/** Builds the ONNX graph of a transformer from its {@code config.json} and its weights, one class for each family. */
@NullMarked
package dev.embedding.infer.architecture;

import org.jspecify.annotations.NullMarked;
