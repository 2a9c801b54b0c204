package dev.embedding.model.hub;

/**
 * Receives the progress of a download. Called from the downloading threads, one call at a time; it must return quickly.
 */
@FunctionalInterface
public interface DownloadProgress {

    /** Ignores the progress. */
    DownloadProgress NONE = (done, all) -> {};

    /**
     * @param done bytes of the files to be downloaded that are on disk; decreases when a download starts again
     * @param all bytes of the files to be downloaded
     */
    void report(long done, long all);
}
