package dev.embedding.http.edge;

import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Count of the bytes of bodies that are being received or processed, of their future responses, and of responses that
 * wait to be read by their callers. Bodies are counted exactly; responses by an estimate before they are written, and
 * as {@link ConnectionTimeouts} last measured them afterwards.
 */
@Singleton
public final class InflightBytes {

    /**
     * A quarter of the maximum is reserved for exchanges that need at most so many bytes, or a 64th of it where that is
     * less.
     */
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

    /** Claim of an exchange, released when the exchange ends. */
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
     * Claims more bytes for an exchange, such as for its response.
     *
     * @throws RequestFailure when there is no room for it
     */
    public static void claim(RoutingContext exchange, long bytes) {
        Claim claim = exchange.get(KEY);
        if (claim != null && !claim.take(bytes)) {
            throw refusal();
        }
    }

    /**
     * Holds the claim of an exchange, even beyond the exchange's end, for a worker that uses its body.
     *
     * @return releases the hold; to be run once
     */
    public static Runnable hold(RoutingContext exchange) {
        Claim claim = exchange.get(KEY);
        return claim == null ? () -> {} : claim.hold();
    }

    /** Adds a change in the bytes of responses that wait to be read. */
    void unreadChanged(long difference) {
        unread.addAndGet(difference);
    }

    /** Whether large exchanges may soon be refused, if they are not already. */
    boolean isShort() {
        return claimed.get() + unread.get() > max / 2;
    }

    /** Bytes that one exchange claims. */
    final class Claim {
        private long bytes;
        private int holders = 1;

        /**
         * Claims more bytes if there is room, and returns whether; an exchange that is alone gets whatever it needs.
         */
        synchronized boolean take(long more) {
            if (holders == 0) {
                return true; // The exchange has ended.
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

        /** Keeps the claim until the returned action is run, once, and all other holders have released it. */
        synchronized Runnable hold() {
            if (holders > 0) {
                holders++;
                return this::release;
            }
            return () -> {};
        }

        /** Releases the claim when nobody else holds it. */
        synchronized void release() {
            if (holders > 0 && --holders == 0) {
                claimed.addAndGet(-bytes);
            }
        }
    }

    static RequestFailure refusal() {
        return RequestFailure.retryLater(
                FailureKind.SATURATED,
                "Too many bytes are being received or sent; retry in 1 s.",
                Duration.ofSeconds(1));
    }
}
