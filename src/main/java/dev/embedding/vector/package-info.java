/**
 * Pooling, projection and normalisation: from token vectors to one vector for each text, by pure functions on arrays.
 */
@NullMarked
package dev.embedding.vector;

import org.jspecify.annotations.NullMarked;
