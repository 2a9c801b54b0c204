package dev.embedding.batch;

/** The batcher takes no more rows, or gave up those that still waited. */
public final class BatcherClosedException extends RuntimeException {

    BatcherClosedException() {
        super("The batcher is closed");
    }
}
