package dev.embedding.batch;

/** Reports that a row failed; its submission fails with it, other submissions in the same batch do not. */
public final class RowFailedException extends RuntimeException {

    private final int index;
    private final RuntimeException reason;

    RowFailedException(int index, RuntimeException reason) {
        super(reason.getMessage(), reason);
        this.index = index;
        this.reason = reason;
    }

    /** Index of the failed row in the submission, from 0. */
    public int index() {
        return index;
    }

    public RuntimeException reason() {
        return reason;
    }
}
