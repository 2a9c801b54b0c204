/** ONNX Runtime in this process: its native libraries, execution providers, memory, messages and failures. */
@NullMarked
package dev.embedding.infer.runtime;

import org.jspecify.annotations.NullMarked;
