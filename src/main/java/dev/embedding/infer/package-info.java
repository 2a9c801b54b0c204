/**
 * Inference on ONNX Runtime: sessions, tensors, devices and run supervision, from token ids to token vectors. The only
 * user of ONNX Runtime.
 */
@NullMarked
package dev.embedding.infer;

import org.jspecify.annotations.NullMarked;
