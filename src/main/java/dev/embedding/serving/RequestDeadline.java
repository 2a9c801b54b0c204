package dev.embedding.serving;

import java.time.Duration;

/**
 * When a request's time is over; it stays the same when the request moves to another model.
 *
 * @param startNanos when it came, as {@link System#nanoTime} says
 * @param timeout after which nobody wants its answer
 */
record RequestDeadline(long startNanos, Duration timeout) {

    private static final Duration SOONEST = Duration.ofNanos(1);

    long nanos() {
        return startNanos + timeout.toNanos();
    }

    /** Always positive. */
    Duration left(long nowNanos) {
        Duration left = Duration.ofNanos(nanos() - nowNanos);
        return left.compareTo(SOONEST) > 0 ? left : SOONEST;
    }

    EmbeddingFailure passed(long queuedTokens) {
        return new EmbeddingFailure.DeadlinePassed(
                timeout, Duration.ofNanos(System.nanoTime() - startNanos), queuedTokens);
    }
}
