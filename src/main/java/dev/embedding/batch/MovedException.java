package dev.embedding.batch;

/** The batcher's rows are to be computed by another batcher; of this submission nothing was computed. */
public final class MovedException extends RuntimeException {

    MovedException() {
        super("The rows go to another batcher");
    }
}
