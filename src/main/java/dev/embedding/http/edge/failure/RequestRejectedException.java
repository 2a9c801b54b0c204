package dev.embedding.http.edge.failure;

/** Rejection of a request with a specific status. */
public final class RequestRejectedException extends RuntimeException {

    private final Failure failure;

    /** @param detail for the caller */
    public RequestRejectedException(int status, String detail) {
        this(Failure.of(status, detail));
    }

    public RequestRejectedException(Failure failure) {
        super(failure.detail());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
