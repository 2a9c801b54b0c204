package dev.embedding.http.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Closes connections whose headers do not arrive, that are idle between two requests, or whose response is not read.
 * Each event loop checks its own connections several times a second, so a connection's state needs no lock. (The
 * server's own idle timeout would also close those whose request is being computed, and does not detect callers that
 * send or read a byte now and then.)
 */
@Singleton
class ConnectionTimeouts {

    private static final Logger LOG = Logger.getLogger(ConnectionTimeouts.class);
    private static final AttributeKey<State> STATE = AttributeKey.valueOf(ConnectionTimeouts.class, "state");
    private static final long INTERVAL_MILLIS = 200;

    /** How long a response may wait to be read while memory is short. */
    private static final long SHORT_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final InflightBytes inflight;
    private final long headerNanos;
    private final long idleNanos;
    private final long responseNanos;

    ConnectionTimeouts(InflightBytes inflight, EdgeConfig config) {
        this.inflight = inflight;
        this.headerNanos = nanos(config.headerTimeout());
        this.idleNanos = nanos(config.idleTimeout());
        this.responseNanos = nanos(config.answerPause());
    }

    private static long nanos(Duration duration) {
        return duration.toNanos();
    }

    void onStart(@Observes StartupEvent start, Vertx vertx) {
        for (EventExecutor executor : ((VertxInternal) vertx).getEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop loop) {
                Loop watched = new Loop(loop);
                var unused = loop.scheduleWithFixedDelay(
                        watched::check, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The headers of a request have arrived; called on the connection's event loop. */
    void exchangeBegun(RoutingContext exchange) {
        Channel channel = channel(exchange.request().connection());
        State state = state(channel);
        state.exchanges++;
        AtomicBoolean ended = new AtomicBoolean();
        exchange.addEndHandler(end -> {
            if (ended.compareAndSet(false, true)) {
                channel.eventLoop().execute(state::exchangeEnded);
            }
        });
    }

    static Channel channel(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    private State state(Channel channel) {
        State state = channel.attr(STATE).get();
        if (state == null) {
            state = new State();
            channel.attr(STATE).set(state);
        }
        return state;
    }

    private final class Loop {
        private final SingleThreadEventLoop loop;
        private long unreadBefore;

        Loop(SingleThreadEventLoop loop) {
            this.loop = loop;
        }

        void check() {
            try {
                checkEach();
            } catch (RuntimeException failure) { // It would cancel the periodic check.
                LOG.error("Connections cannot be checked for timeouts", failure);
            }
        }

        private void checkEach() {
            long now = System.nanoTime();
            long unread = 0;
            boolean memoryIsShort = inflight.isShort();
            List<Channel> overdue = new ArrayList<>();
            for (Iterator<Channel> channels = loop.registeredChannelsIterator(); channels.hasNext(); ) {
                Channel channel = channels.next();
                if (channel.parent() != null) { // accepted, not outgoing
                    State state = state(channel);
                    long unreadHere = state.update(channel, now);
                    if (state.isOverdue(now, memoryIsShort)) {
                        overdue.add(channel);
                    } else {
                        unread += unreadHere;
                    }
                }
            }
            inflight.unreadChanged(unread - unreadBefore);
            unreadBefore = unread;
            overdue.forEach(ConnectionTimeouts::end);
        }
    }

    /**
     * Closes without the pipeline, which would first wait until the response is written; and with a reset, so that the
     * operating system keeps nothing of it either.
     */
    private static void end(Channel channel) {
        if (channel instanceof SocketChannel socket) {
            socket.config().setSoLinger(0);
        }
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    /** State of one connection; confined to its event loop. */
    private final class State {
        private long since = System.nanoTime();
        private int exchanges;
        private boolean servedOnce;
        private long unread;
        private long progress;

        void exchangeEnded() {
            exchanges--;
            servedOnce = true;
            since = System.nanoTime();
        }

        /** Updates the state; returns the bytes that are written and not yet read by the caller. */
        long update(Channel channel, long now) {
            ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
            long unreadNow = written == null ? 0 : written.totalPendingWriteBytes();
            long progressNow = written == null ? 0 : written.currentProgress();
            if (unreadNow != unread || progressNow != progress) {
                unread = unreadNow;
                progress = progressNow;
                since = now;
            }
            return unread;
        }

        boolean isOverdue(long now, boolean memoryIsShort) {
            long nanos = now - since;
            if (unread > 0) {
                return nanos > responseNanos || memoryIsShort && nanos > SHORT_PAUSE_NANOS;
            }
            return exchanges == 0 && nanos > (servedOnce ? idleNanos : headerNanos);
        }
    }
}
