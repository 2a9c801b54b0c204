package dev.embedding.batch;

import java.time.Duration;

/** The submission would have to wait for too long; it was not taken. */
public final class QueueFullException extends RuntimeException {

    private final Duration expectedWait;
    private final Duration retryAfter;

    QueueFullException(Duration expectedWait, Duration retryAfter) {
        // Without a stack trace: there may be thousands a second, just when processors are short.
        super("The wait would be " + expectedWait.toMillis() + " ms", null, false, false);
        this.expectedWait = expectedWait;
        this.retryAfter = retryAfter;
    }

    /** How long it would have waited at the present rate. */
    public Duration expectedWait() {
        return expectedWait;
    }

    /** When it is worth trying again at the present rate. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
