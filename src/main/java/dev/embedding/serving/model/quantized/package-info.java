/** Models quantized at load: made on request, compared with fp32, and stored on disk. */
@NullMarked
package dev.embedding.serving.model.quantized;

import org.jspecify.annotations.NullMarked;
