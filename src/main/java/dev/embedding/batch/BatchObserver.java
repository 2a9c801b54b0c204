package dev.embedding.batch;

/** Receives a notification of each computed batch, on the lane's thread. Must return quickly and not throw. */
@FunctionalInterface
public interface BatchObserver {

    /**
     * @param rows rows in the batch
     * @param tokens their true tokens
     * @param paddedTokens rows × longest row
     * @param nanos time in the batch function
     */
    void computed(int rows, long tokens, long paddedTokens, long nanos);

    /** A batch was not computed as a whole, and its rows are about to be computed again. */
    default void rerun(RerunCause cause) {}
}
