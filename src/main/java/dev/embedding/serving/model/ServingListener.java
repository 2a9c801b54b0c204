package dev.embedding.serving.model;

/** Listener for computed batches. Called on lane threads; must return quickly and not throw. */
@FunctionalInterface
public interface ServingListener {

    /**
     * Called after a batch was computed.
     *
     * @param rows texts in the batch
     * @param tokens tokens without padding
     * @param paddedTokens tokens with padding
     * @param nanos time in the engine, in nanoseconds
     */
    void batchComputed(int rows, long tokens, long paddedTokens, long nanos);

    /** Called when a batch could not be computed as a whole and its rows are about to be retried. */
    default void batchRerun(RerunCause cause) {}

    /** Cause for computing rows again. */
    enum RerunCause {
        /** Memory did not suffice for all rows together; the halves are retried. */
        OUT_OF_MEMORY,
        /** The batch failed; each row is retried alone. */
        FAILED,
        /** The run did not end; each row is retried alone, on another thread. */
        ABANDONED
    }
}
