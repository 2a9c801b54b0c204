package dev.embedding.batch.admission;

/**
 * Class of a submission's rows. Interactive rows go first; batch rows get a guaranteed share, see {@link FairShare}.
 */
public enum Priority {
    /** Latency matters: queries of waiting users. */
    INTERACTIVE,
    /** Throughput matters: bulk ingestion of documents. */
    BATCH;

    public Priority other() {
        return this == INTERACTIVE ? BATCH : INTERACTIVE;
    }
}
