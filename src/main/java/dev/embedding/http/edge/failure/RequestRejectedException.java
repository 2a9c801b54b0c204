package dev.embedding.http.edge.failure;

/** A request that is refused with a status of its own. */
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
