/** Settings: one table of typed settings with their rules, and the sources of their values. */
@NullMarked
package dev.embedding.settings;

import org.jspecify.annotations.NullMarked;
