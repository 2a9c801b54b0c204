package dev.embedding.serving;

import java.time.Duration;

/**
 * Deadline of a request; it stays the same when the request moves to another model.
 *
 * @param startNanos when it came, as {@link System#nanoTime} says
 * @param timeout after which nobody wants its response
 */
public record RequestDeadline(long startNanos, Duration timeout) {

    public long nanos() {
        return startNanos + timeout.toNanos();
    }

    /** Zero or less once it has passed. */
    public long millisLeft() {
        return Duration.ofNanos(nanos() - System.nanoTime() + 999_999).toMillis();
    }

    /** What the caller is told. */
    public EmbeddingFailure passed(long queuedTokens) {
        return new EmbeddingFailure.DeadlineExceeded(
                timeout, Duration.ofNanos(System.nanoTime() - startNanos), queuedTokens);
    }
}
