/** From token vectors to one vector a text: pooling and normalisation, as pure functions on buffers and arrays. */
@NullMarked
package dev.embedding.pool;

import org.jspecify.annotations.NullMarked;
