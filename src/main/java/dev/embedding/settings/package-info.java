/** What may be set, and the rules for it: one table of keys, and the sources that give them values. */
@NullMarked
package dev.embedding.settings;

import org.jspecify.annotations.NullMarked;
