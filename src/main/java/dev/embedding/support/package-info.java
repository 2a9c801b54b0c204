/** Helpers without domain logic; every package may use them. */
@NullMarked
package dev.embedding.support;

import org.jspecify.annotations.NullMarked;
