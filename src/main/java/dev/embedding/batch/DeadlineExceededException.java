package dev.embedding.batch;

import java.time.Duration;

/** Reports that a submission's deadline passed before its rows were computed. */
public final class DeadlineExceededException extends RuntimeException {

    private final Duration waited;
    private final long queuedTokens;

    DeadlineExceededException(Duration waited, long queuedTokens) {
        super("The deadline passed after " + waited.toMillis() + " ms");
        this.waited = waited;
        this.queuedTokens = queuedTokens;
    }

    /** Time since the submission was queued. */
    public Duration waited() {
        return waited;
    }

    /** Tokens that were waiting in the queue when the deadline passed. */
    public long queuedTokens() {
        return queuedTokens;
    }
}
