package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.failure.RequestRejectedException;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of bodies that are being read or processed, of the responses to them, and of responses that wait to be read
 * by their callers. Bodies are counted exactly, answers by their most before they are written and as {@link
 * ConnectionTimeouts} has seen them last afterwards.
 */
@Singleton
public final class InflightBytes {

    static final Failure REFUSAL = Failure.retryLater(
            429, "Too many bytes are being received or sent; try again in 1 s.", Duration.ofSeconds(1));

    /** A quarter of what there may be is kept for exchanges that need at most so much, or a 64th where that is less. */
    private static final long SMALL = 64 << 10;

    private static final String KEY = "dev.embedding.inflight";

    private final long max;
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong unread = new AtomicLong();

    @Inject
    InflightBytes(EdgeConfig config) {
        this(config.maxInflightBytes()
                .map(size -> size.asLongValue())
                .orElseGet(() -> Runtime.getRuntime().maxMemory() / 4));
    }

    InflightBytes(long max) {
        this.max = max;
    }

    /** What an exchange needs until it is over. */
    Claim claim(RoutingContext exchange) {
        Claim claim = claim();
        exchange.put(KEY, claim);
        exchange.addEndHandler(ended -> claim.release());
        return claim;
    }

    Claim claim() {
        return new Claim();
    }

    /**
     * An exchange is going to need so much more, as for its response.
     *
     * @throws RequestRejectedException when there is no room for it
     */
    public static void claim(RoutingContext exchange, long bytes) {
        Claim claim = exchange.get(KEY);
        if (claim != null && !claim.take(bytes)) {
            throw new RequestRejectedException(REFUSAL);
        }
    }

    /**
     * Keeps what an exchange claims, also when it is over before; for whoever works with its body.
     *
     * @return ends that, once
     */
    public static Runnable hold(RoutingContext exchange) {
        Claim claim = exchange.get(KEY);
        return claim == null ? () -> {} : claim.hold();
    }

    /** More or less bytes of responses wait to be read. */
    void unreadChanged(long difference) {
        unread.addAndGet(difference);
    }

    /** Whether large exchanges may soon be refused, if they are not already. */
    boolean isShort() {
        return claimed.get() + unread.get() > max / 2;
    }

    /** Memory that one exchange holds. */
    final class Claim {
        private long bytes;
        private int holders = 1;

        /** Whether there is room for more; an exchange that is alone gets whatever it needs. */
        synchronized boolean take(long more) {
            if (holders == 0) {
                return true; // Its caller has gone.
            }
            long total = claimed.addAndGet(more);
            long waiting = unread.get();
            boolean alone = total == bytes + more && waiting == 0;
            long limit = bytes + more > Math.min(SMALL, max / 64) ? max - max / 4 : max;
            if (alone || total + waiting <= limit) {
                bytes += more;
                return true;
            }
            claimed.addAndGet(-more);
            return false;
        }

        synchronized long bytes() {
            return bytes;
        }

        /** Keeps everything until the returned action is run, once, and all others that hold it have let go. */
        synchronized Runnable hold() {
            if (holders > 0) {
                holders++;
                return this::release;
            }
            return () -> {};
        }

        /** Gives everything back when nobody else holds it. */
        synchronized void release() {
            if (holders > 0 && --holders == 0) {
                claimed.addAndGet(-bytes);
            }
        }
    }
}
