/** The process: entry point, wiring, start, shutdown and exit, and the sizes of heap and lanes. */
@NullMarked
package dev.embedding.app;

import org.jspecify.annotations.NullMarked;
