package dev.embedding.batch;

/** Listener for computed batches, called on the lane's thread. Must return quickly and not throw. */
@FunctionalInterface
public interface BatchObserver {

    /**
     * Called after each run of the batch function.
     *
     * @param rows rows in the batch
     * @param tokens their true tokens
     * @param paddedTokens rows × longest row
     * @param nanos time in the batch function, in nanoseconds
     */
    void computed(int rows, long tokens, long paddedTokens, long nanos);

    /** Called when a batch could not be computed as a whole and its rows are about to be retried. */
    default void rerun(RerunCause cause) {}
}
