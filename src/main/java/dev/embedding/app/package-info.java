/** The process: its entry point, the wiring of its parts, start, shutdown and exit, and the sizes of heap, lanes and queues. */
@NullMarked
package dev.embedding.app;

import org.jspecify.annotations.NullMarked;
