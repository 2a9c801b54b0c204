package dev.embedding.batch.admission;

/** The class of a submission's rows. The first goes first; the second keeps its share, see {@link FairShare}. */
public enum Priority {
    /** Somebody waits for the response: queries. */
    INTERACTIVE,
    /** Much at once, of which only the throughput counts: an ingest. */
    BATCH;

    public Priority other() {
        return this == INTERACTIVE ? BATCH : INTERACTIVE;
    }
}
