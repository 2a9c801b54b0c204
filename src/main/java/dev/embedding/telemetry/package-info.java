/** Counters and meters: reads what the others publish as plain values. */
@NullMarked
package dev.embedding.telemetry;

import org.jspecify.annotations.NullMarked;
