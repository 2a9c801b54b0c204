/** Vector cache: vectors of texts that were computed before. */
@NullMarked
package dev.embedding.serving.cache;

import org.jspecify.annotations.NullMarked;
