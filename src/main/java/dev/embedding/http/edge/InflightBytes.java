package dev.embedding.http.edge;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of bodies that are being read or worked on, and of answers that wait to be read by their callers. Bodies are counted
 * exactly, answers as {@link ConnectionWatch} has seen them last.
 */
@Singleton
final class InflightBytes {

    /** A quarter of what there may be is kept for bodies that are smaller than this part of it. */
    private static final int SMALL_BODY = 64;

    private final long max;
    private final AtomicLong bodies = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();

    @Inject
    InflightBytes(EdgeConfig config) {
        this(config.maxInflightBytes()
                .map(size -> size.asLongValue())
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / 4));
    }

    InflightBytes(long max) {
        this.max = max;
    }

    /**
     * Counts more bytes of a body, unless that are too many; a request that is alone is taken always.
     *
     * @param counted bytes of the same body that are counted already
     * @return whether they are counted; then {@link #give} follows
     */
    boolean take(long counted, long more) {
        long total = bodies.addAndGet(more);
        long waiting = answers.get();
        boolean alone = total == counted + more && waiting == 0;
        long limit = counted + more > max / SMALL_BODY ? max - max / 4 : max;
        if (alone || total + waiting <= limit) {
            return true;
        }
        bodies.addAndGet(-more);
        return false;
    }

    /** A body is not needed any more. */
    void give(long bytes) {
        bodies.addAndGet(-bytes);
    }

    /** More or less bytes of answers wait to be read. */
    void answersChanged(long difference) {
        answers.addAndGet(difference);
    }

    boolean isOver() {
        return bodies.get() + answers.get() > max;
    }
}
