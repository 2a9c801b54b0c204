package dev.embedding.serving.model;

/** Listener to the engine's batches. Called on lane threads; must return quickly and not throw. */
@FunctionalInterface
public interface ServingListener {

    /**
     * A batch was computed.
     *
     * @param rows texts in it
     * @param tokens true tokens
     * @param paddedTokens tokens with padding
     * @param nanos time in the engine
     */
    void batchComputed(int rows, long tokens, long paddedTokens, long nanos);

    /** A batch was not computed as a whole, and its rows are about to be computed again. */
    default void batchRerun(RerunCause cause) {}

    /** Reason why rows are computed again. */
    enum RerunCause {
        /** Memory did not suffice for all of them together. */
        OUT_OF_MEMORY,
        /** The batch failed, so that each is tried alone. */
        FAILED,
        /** The batch's run did not end, so that each is tried alone, on another thread. */
        ABANDONED
    }
}
