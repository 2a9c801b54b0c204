/** A loaded model: tokenizer, engine, head and queue as one closeable unit. */
@NullMarked
package dev.embedding.serving.model;

import org.jspecify.annotations.NullMarked;
