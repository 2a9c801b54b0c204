package dev.embedding.batch;

/** Memory did not suffice to compute a batch; its halves are tried, and later batches are smaller. */
public final class BatchOutOfMemoryException extends RuntimeException {

    public BatchOutOfMemoryException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
