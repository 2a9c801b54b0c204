/** Helpers without knowledge of the domain; every package may use them. */
@NullMarked
package dev.embedding.support;

import org.jspecify.annotations.NullMarked;
