package dev.embedding.batch;

/** Reports that memory did not suffice to compute a batch; its halves are retried, and later batches are smaller. */
public final class BatchOutOfMemoryException extends RuntimeException {

    public BatchOutOfMemoryException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
