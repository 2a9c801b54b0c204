/** Counters and meters, updated with plain values. */
@NullMarked
package dev.embedding.telemetry;

import org.jspecify.annotations.NullMarked;
