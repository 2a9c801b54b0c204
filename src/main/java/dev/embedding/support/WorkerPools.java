package dev.embedding.support;

import java.util.concurrent.Executor;

/**
 * Worker threads that parse, tokenize and encode: one pool for small requests and one for large ones, so that a small
 * request never waits for a large one. The operating system shares the cores between them.
 */
public final class WorkerPools {

    /** Bytes up to which a request, or a response, is small: some milliseconds of work, whatever is in it. */
    private static final int SMALL_BYTES = 16 << 10;

    private final Executor small;
    private final Executor large;

    public WorkerPools(Executor small, Executor large) {
        this.small = small;
        this.large = large;
    }

    /** Everything is done on the calling thread. */
    public static WorkerPools onCallingThread() {
        return new WorkerPools(Runnable::run, Runnable::run);
    }

    public static boolean isSmall(long bytes) {
        return bytes <= SMALL_BYTES;
    }

    /** For work of which the time grows with so many bytes. */
    public Executor forBytes(long bytes) {
        return isSmall(bytes) ? small : large;
    }

    /** For what may take long or block. */
    public Executor forLongWork() {
        return large;
    }
}
