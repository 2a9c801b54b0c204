package dev.embedding.bench;

/** One thread's part of a load. */
@FunctionalInterface
interface Caller {

    /**
     * Does the next piece of work and waits for its end.
     *
     * @return tokens that the model saw for it, special ones included, padding not
     */
    int call() throws Exception;
}
