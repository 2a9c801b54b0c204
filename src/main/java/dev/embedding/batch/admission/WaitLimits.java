package dev.embedding.batch.admission;

import java.time.Duration;

/**
 * Longest expected wait of rows by class, beyond which they are refused.
 *
 * @param interactive of interactive rows
 * @param batch of batch rows
 */
public record WaitLimits(Duration interactive, Duration batch) {

    private static final Duration SOONEST = Duration.ofMillis(100);

    public WaitLimits {
        requirePositive("interactive", interactive);
        requirePositive("batch", batch);
    }

    public Duration of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    /**
     * When a refused caller should come again: once the wait will have fallen to half of what it may be, so that there is
     * room again and still enough to compute.
     */
    public Duration retryAfter(Priority priority, Duration expectedWait) {
        Duration half = min(expectedWait, of(priority)).dividedBy(2);
        Duration untilRoom = expectedWait.minus(half);
        return untilRoom.compareTo(SOONEST) > 0 ? untilRoom : SOONEST;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static void requirePositive(String name, Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("The limit for " + name + " rows must be positive, not " + limit);
        }
    }
}
