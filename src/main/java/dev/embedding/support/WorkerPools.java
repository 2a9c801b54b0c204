package dev.embedding.support;

import java.util.concurrent.Executor;

/**
 * Thread pools that parse, tokenize and encode: one for small requests and one for large ones, so that a small request
 * never waits for large ones, of whatever kind and however many. The operating system shares the cores between them.
 */
public final class WorkerPools {

    /** Maximum bytes of a small request or response: some milliseconds of work, whatever its content. */
    private static final int SMALL_BYTES = 16 << 10;

    private final Executor small;
    private final Executor large;

    public WorkerPools(Executor small, Executor large) {
        this.small = small;
        this.large = large;
    }

    public static boolean isSmall(long bytes) {
        return bytes <= SMALL_BYTES;
    }

    /** Executor for work whose time grows with so many bytes. */
    public Executor forBytes(long bytes) {
        return isSmall(bytes) ? small : large;
    }

    /** Executor for work that may take long or block. */
    public Executor forLongWork() {
        return large;
    }
}
