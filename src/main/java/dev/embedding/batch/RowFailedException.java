package dev.embedding.batch;

/** A row of a submission has no value; the submission fails with it, others of the same batch do not. */
public final class RowFailedException extends RuntimeException {

    private final int index;
    private final RuntimeException reason;

    RowFailedException(int index, RuntimeException reason) {
        super(reason.getMessage(), reason);
        this.index = index;
        this.reason = reason;
    }

    /** Which of the submission's rows, from 0. */
    public int index() {
        return index;
    }

    public RuntimeException reason() {
        return reason;
    }
}
