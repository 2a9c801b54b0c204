package dev.embedding.reload;

import dev.embedding.model.hub.DownloadProgress;
import java.util.OptionalInt;

/** Progress of the download of a model, if one is running. */
public final class LoadProgress implements DownloadProgress {

    private record Bytes(long done, long all) {}

    private static final Bytes NONE = new Bytes(0, 0);

    private volatile Bytes bytes = NONE;

    @Override
    public void report(long done, long all) {
        bytes = new Bytes(done, all);
    }

    void end() {
        bytes = NONE;
    }

    /** Bytes downloaded so far. */
    public long done() {
        return bytes.done();
    }

    /** Total bytes to download; 0 while nothing is downloaded. */
    public long all() {
        return bytes.all();
    }

    /** From 0 to 100; empty while nothing is downloaded. */
    public OptionalInt percent() {
        Bytes now = bytes;
        return now.all() == 0 ? OptionalInt.empty() : OptionalInt.of((int) (100 * now.done() / now.all()));
    }
}
