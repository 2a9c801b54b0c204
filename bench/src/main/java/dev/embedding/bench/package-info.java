/** The benchmark: one load on the service and on the bare engine in turn, and what the service keeps of the engine. */
@NullMarked
package dev.embedding.bench;

import org.jspecify.annotations.NullMarked;
