/** File formats of models: safetensors and ONNX, read without loading the weights into the heap. */
@NullMarked
package dev.embedding.model.file;

import org.jspecify.annotations.NullMarked;
