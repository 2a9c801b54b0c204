/** Settings: one table of keys with their types and rules, and the sources that give them values. */
@NullMarked
package dev.embedding.settings;

import org.jspecify.annotations.NullMarked;
