package dev.embedding.batch;

/** Memory did not suffice to compute a batch; its halves are tried, and later batches are smaller. */
public final class BatchTooLargeException extends RuntimeException {

    public BatchTooLargeException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
