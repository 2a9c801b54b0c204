package dev.embedding.batch;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A clock that only moves when it is told to. */
final class HandClock implements LongSupplier {

    private long nanos = 1_000;

    void advance(Duration time) {
        nanos += time.toNanos();
    }

    /** The moment that will come after {@code time}. */
    long in(Duration time) {
        return nanos + time.toNanos();
    }

    @Override
    public long getAsLong() {
        return nanos;
    }
}
