package dev.embedding.model.hub;

/**
 * Receiver of the progress of a download. Called from the threads that download, one call at a time; it must return
 * quickly.
 */
@FunctionalInterface
public interface DownloadProgress {

    /** Nobody who wants to know. */
    DownloadProgress NONE = (done, all) -> {};

    /**
     * @param done bytes of the files to be downloaded that are on disk; falls when a file has to be begun anew
     * @param all bytes of the files to be downloaded
     */
    void report(long done, long all);
}
