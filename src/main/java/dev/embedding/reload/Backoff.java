package dev.embedding.reload;

import java.time.Duration;

/** Delays of retries, each twice the one before, from 2 to 60 s. Not thread-safe. */
final class Backoff {

    private static final Duration MIN = Duration.ofSeconds(2);
    private static final Duration MAX = Duration.ofMinutes(1);

    private Duration next = MIN;

    /** The delay of the next retry. */
    Duration next() {
        Duration delay = next;
        Duration doubled = delay.multipliedBy(2);
        next = doubled.compareTo(MAX) < 0 ? doubled : MAX;
        return delay;
    }

    /** Begins again with the shortest delay. */
    void reset() {
        next = MIN;
    }
}
