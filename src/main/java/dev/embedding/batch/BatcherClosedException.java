package dev.embedding.batch;

/** Reports that the batcher takes no more rows, or that it was closed before the rows were computed. */
public final class BatcherClosedException extends RuntimeException {

    BatcherClosedException() {
        super("The batcher is closed");
    }
}
