package dev.embedding.batch;

import java.time.Duration;

/** Reports that a submission was rejected because its expected wait is too long or the queue is full. */
public final class QueueFullException extends RuntimeException {

    private final Duration expectedWait;
    private final Duration retryAfter;

    QueueFullException(Duration expectedWait, Duration retryAfter) {
        // Without a stack trace: under overload there may be thousands per second, when CPU time is scarce.
        super("The wait would be " + expectedWait.toMillis() + " ms", null, false, false);
        this.expectedWait = expectedWait;
        this.retryAfter = retryAfter;
    }

    /** Expected wait at the current rate. */
    public Duration expectedWait() {
        return expectedWait;
    }

    /** Delay after which a retry makes sense, at the current rate. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
