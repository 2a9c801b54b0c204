package dev.embedding.batch;

/** Cause for computing the rows of a batch again. */
public enum RerunCause {
    /** Memory did not suffice for all rows together; the halves are retried. */
    OUT_OF_MEMORY,
    /** The batch failed; each row is retried alone. */
    FAILED,
    /** The run did not end; each row is retried alone, on the lane that replaces the stuck one. */
    ABANDONED
}
