/** Makes 8-bit versions of fp32 encoders: measures what their matrix multiplications get, and rewrites the graph. */
@NullMarked
package dev.embedding.infer.quantize;

import org.jspecify.annotations.NullMarked;
