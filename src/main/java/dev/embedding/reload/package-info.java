/** Hot reload: follows the settings and replaces the model by loading, verifying, swapping and draining. */
@NullMarked
package dev.embedding.reload;

import org.jspecify.annotations.NullMarked;
