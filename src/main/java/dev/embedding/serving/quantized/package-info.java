/** Makes quantized models when they are asked for, keeps them, and measures how near they are to what they are made of. */
@NullMarked
package dev.embedding.serving.quantized;

import org.jspecify.annotations.NullMarked;
