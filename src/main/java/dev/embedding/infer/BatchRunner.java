package dev.embedding.infer;

import ai.onnxruntime.OrtException;

/** Computes batches of token ids: a session, or in tests one that simulates faults. */
interface BatchRunner extends AutoCloseable {

    /**
     * Runs one batch; the result lives in the workspace.
     *
     * @param termination receives the action that stops the run, where it can be stopped
     */
    TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException;

    /**
     * Returns the memory that runs took beyond the weights to the system, where possible.
     *
     * @param termination receives the action that stops this, where it can be stopped
     */
    default void giveBack(RunTermination termination) throws OrtException {}

    /** Components of each token vector. */
    int dimension();

    @Override
    void close();

    /** Opens a runner; may take a second. */
    @FunctionalInterface
    interface Opener {
        BatchRunner open() throws OrtException;
    }
}
