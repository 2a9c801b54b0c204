package dev.embedding.batch;

import java.time.Duration;

/** The submission's deadline passed before all of its rows were computed. */
public final class DeadlineExceededException extends RuntimeException {

    private final Duration waited;
    private final long tokensAhead;

    DeadlineExceededException(Duration waited, long tokensAhead) {
        super("The deadline passed after " + waited.toMillis() + " ms");
        this.waited = waited;
        this.tokensAhead = tokensAhead;
    }

    /** Time since the submission was queued. */
    public Duration waited() {
        return waited;
    }

    /** Tokens that were waiting in the queue when the deadline passed. */
    public long queuedTokens() {
        return tokensAhead;
    }
}
