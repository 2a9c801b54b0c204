package dev.embedding.serving;

import java.time.Duration;

/**
 * Deadline of a request; unchanged when the request moves to another model.
 *
 * @param startNanos arrival of the request, by {@link System#nanoTime}
 * @param timeout time from the start to the deadline
 */
public record RequestDeadline(long startNanos, Duration timeout) {

    public long nanos() {
        return startNanos + timeout.toNanos();
    }

    /** Zero or less once it has passed. */
    public long millisLeft() {
        return Duration.ofNanos(nanos() - System.nanoTime() + 999_999).toMillis();
    }

    /** The failure for the caller after the deadline. */
    public EmbeddingFailure passed(long queuedTokens) {
        return new EmbeddingFailure.DeadlineExceeded(
                timeout, Duration.ofNanos(System.nanoTime() - startNanos), queuedTokens);
    }
}
