/** Pooling, projection and normalisation: from token vectors to one vector for each text, as pure functions on arrays and buffers. */
@NullMarked
package dev.embedding.vector;

import org.jspecify.annotations.NullMarked;
