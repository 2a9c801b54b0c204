/** Meters, and the counters of the JSON form of {@code /metrics}; callers pass plain values. */
@NullMarked
package dev.embedding.telemetry;

import org.jspecify.annotations.NullMarked;
