/** Vectors of texts that were computed before, so that they need not be computed again. */
@NullMarked
package dev.embedding.serving.cache;

import org.jspecify.annotations.NullMarked;
