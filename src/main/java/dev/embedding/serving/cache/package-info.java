/** Cache of computed vectors. */
@NullMarked
package dev.embedding.serving.cache;

import org.jspecify.annotations.NullMarked;
