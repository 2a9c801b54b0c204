package dev.embedding.http.edge;

import dev.embedding.serving.CallContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Delays rejections when there are very many of them. A caller that retries a rejected request at once would otherwise
 * get a larger share of the machine the cheaper its rejections are; delayed, it waits as it was asked to. Thread-safe.
 */
@Singleton
public final class RejectionPacing {

    private static final long PER_SECOND = 500;
    private static final long INTERVAL_NANOS = 1_000_000_000 / PER_SECOND;

    /** Rejections that are sent without delay in a burst. */
    private static final long BURST_NANOS = 500 * INTERVAL_NANOS;

    /** Delayed rejections are sent together, as a wake-up for each costs more than sending it. */
    private static final long TICK_NANOS = 50_000_000;

    private static final long MAX_DELAY_NANOS = 1_000_000_000;

    private final LongSupplier clock;
    /** Time at which the next rejection is due. */
    private long dueNanos;

    @Inject
    RejectionPacing() {
        this(System::nanoTime);
    }

    RejectionPacing(LongSupplier clock) {
        this.clock = clock;
        this.dueNanos = clock.getAsLong() - BURST_NANOS;
    }

    /** Delay before the next rejection is sent: zero up to some hundreds a second, and hardly more than a second. */
    synchronized Duration next() {
        long now = clock.getAsLong();
        long ahead = Math.max(-BURST_NANOS, Math.min(dueNanos + INTERVAL_NANOS - now, MAX_DELAY_NANOS));
        dueNanos = now + ahead;
        return ahead <= 0 ? Duration.ZERO : Duration.ofNanos(ahead + TICK_NANOS - Math.floorMod(dueNanos, TICK_NANOS));
    }

    /** Likewise, but not beyond the deadline of the rejected call. */
    public Duration next(CallContext call) {
        Duration wait = next();
        long left = call.millisLeft();
        return wait.toMillis() <= left ? wait : Duration.ofMillis(Math.max(0, left));
    }
}
