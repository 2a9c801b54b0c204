package dev.embedding.serving;

/** Hears what the engine did. Called on lane threads; must return quickly and not throw. */
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
}
