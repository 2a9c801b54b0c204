/** Rules of process variables, and the converters that apply them, in Quarkus as before its start. */
@NullMarked
package dev.embedding.support.config;

import org.jspecify.annotations.NullMarked;
