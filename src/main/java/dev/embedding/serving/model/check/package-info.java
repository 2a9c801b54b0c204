/** The golden check: what a loaded model must compute before it is served. */
@NullMarked
package dev.embedding.serving.model.check;

import org.jspecify.annotations.NullMarked;
