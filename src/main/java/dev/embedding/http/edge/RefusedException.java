package dev.embedding.http.edge;

/** A request that is refused with a status of its own. The message is for the caller. */
public final class RefusedException extends RuntimeException {

    private final int status;
    private final String detail;

    public RefusedException(int status, String detail) {
        super(detail);
        this.status = status;
        this.detail = detail;
    }

    public String detail() {
        return detail;
    }

    public int status() {
        return status;
    }
}
