package dev.embedding.batch.admission;

import java.time.Duration;

/**
 * Limits of the expected wait, by class; submissions that would wait longer are rejected.
 *
 * @param interactive limit for interactive rows
 * @param batch limit for batch rows
 */
public record WaitLimits(Duration interactive, Duration batch) {

    private static final Duration MIN_RETRY_AFTER = Duration.ofMillis(100);

    public WaitLimits {
        requirePositive("interactive", interactive);
        requirePositive("batch", batch);
    }

    public Duration of(Priority priority) {
        return priority == Priority.INTERACTIVE ? interactive : batch;
    }

    /**
     * Delay after which a rejected caller should retry: when the wait will have fallen to half of its limit, so that
     * there is room again and the lanes still have work.
     */
    public Duration retryAfter(Priority priority, Duration expectedWait) {
        Duration half = min(expectedWait, of(priority)).dividedBy(2);
        Duration untilHalf = expectedWait.minus(half);
        return untilHalf.compareTo(MIN_RETRY_AFTER) > 0 ? untilHalf : MIN_RETRY_AFTER;
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
