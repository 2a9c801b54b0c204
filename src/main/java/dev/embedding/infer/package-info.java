/**
 * Sessions, tensors, devices and execution providers: from token ids to token vectors. The only user of ONNX Runtime.
 */
@NullMarked
package dev.embedding.infer;

import org.jspecify.annotations.NullMarked;
