/**
 * Inference from token ids to token vectors: sessions, tensors, devices and execution providers. The only user of ONNX
 * Runtime.
 */
@NullMarked
package dev.embedding.infer;

import org.jspecify.annotations.NullMarked;
