/** The golden check, which a loaded model must pass before it is served. */
@NullMarked
package dev.embedding.serving.model.check;

import org.jspecify.annotations.NullMarked;
