package dev.embedding.batch;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Clock that only moves when a test advances it. */
final class HandClock implements LongSupplier {

    private long nanos = 1_000;

    void advance(Duration time) {
        nanos += time.toNanos();
    }

    /** The time of the clock after {@code time} has passed. */
    long in(Duration time) {
        return nanos + time.toNanos();
    }

    @Override
    public long getAsLong() {
        return nanos;
    }
}
