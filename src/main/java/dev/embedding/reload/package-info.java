/** Hot reload: follows the settings and replaces the served model (load, verify, swap, drain); reports its state. */
@NullMarked
package dev.embedding.reload;

import org.jspecify.annotations.NullMarked;
