package dev.embedding.infer;

import ai.onnxruntime.OrtException;

/** Computes batches of token ids: a session, or in tests a faulty stand-in for one. */
interface BatchRunner extends AutoCloseable {

    /**
     * Runs one batch; the result lives in the workspace.
     *
     * @param termination to be told how the run is stopped, where it can be
     */
    TokenVectors run(TokenBatch batch, Workspace workspace, RunTermination termination) throws OrtException;

    /**
     * Gives back the memory that runs took beyond the weights, where it can.
     *
     * @param termination to be told how this is stopped, where it can be
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
