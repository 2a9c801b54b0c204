package dev.embedding.http.edge;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Holds refusals back where there are very many of them. A caller that is refused and comes again at once, without a
 * pause, would otherwise get the more of the machine the cheaper its refusals are; held back, it waits as it was asked to.
 * Thread-safe.
 */
@Singleton
public final class RefusalPace {

    private static final long PER_SECOND = 1_000;
    private static final long INTERVAL_NANOS = 1_000_000_000 / PER_SECOND;

    /** Refusals at once that are answered at once. */
    private static final long BURST_NANOS = 500 * INTERVAL_NANOS;

    /** Those held back go out together, as waking up for each costs more than sending it. */
    private static final long TICK_NANOS = 50_000_000;

    private static final long LONGEST_NANOS = 1_000_000_000;

    private final LongSupplier clock;
    /** When the next refusal is due. */
    private long dueNanos;

    @Inject
    RefusalPace() {
        this(System::nanoTime);
    }

    RefusalPace(LongSupplier clock) {
        this.clock = clock;
        this.dueNanos = clock.getAsLong() - BURST_NANOS;
    }

    /** How long to wait before the next refusal is sent; zero up to a thousand a second, and hardly more than a second. */
    public synchronized Duration next() {
        long now = clock.getAsLong();
        long ahead = Math.max(-BURST_NANOS, Math.min(dueNanos + INTERVAL_NANOS - now, LONGEST_NANOS));
        dueNanos = now + ahead;
        return ahead <= 0 ? Duration.ZERO : Duration.ofNanos(ahead + TICK_NANOS - Math.floorMod(dueNanos, TICK_NANOS));
    }
}
