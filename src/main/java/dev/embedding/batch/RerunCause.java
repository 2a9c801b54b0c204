package dev.embedding.batch;

/** Reason why rows of a batch are computed again. */
public enum RerunCause {
    /** Memory did not suffice for all of them together. */
    OUT_OF_MEMORY,
    /** The batch failed, so that each is tried alone. */
    FAILED,
    /** The batch's run did not end; its rows are tried alone, on the lane that replaces the lost one. */
    ABANDONED
}
