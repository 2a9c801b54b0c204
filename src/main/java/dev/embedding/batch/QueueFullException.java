package dev.embedding.batch;

import java.time.Duration;

/** The queue holds as many tokens as it may; the submission was not taken. */
public final class QueueFullException extends RuntimeException {

    private final Duration retryAfter;

    QueueFullException(long waitingTokens, Duration retryAfter) {
        super(waitingTokens + " tokens are waiting already");
        this.retryAfter = retryAfter;
    }

    /** When the queue will have drained at the present rate; at least one second. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
