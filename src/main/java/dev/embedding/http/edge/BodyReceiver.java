package dev.embedding.http.edge;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;

/**
 * Receives the body of one exchange, within limits of size and patience, before its endpoint is called. A body that is
 * declared too large is refused before its first byte is read; one that turns out too large as soon as it does.
 */
final class BodyReceiver {

    private static final Failure LATE = Failure.of(408, "The body did not arrive in time.");
    private static final Failure ENDING =
            Failure.of(503, "The service is ending, and the body did not arrive in time; send it again.");

    private final Vertx vertx;
    private final Context eventLoop;
    private final RoutingContext exchange;
    private final HttpServerRequest request;
    private final long maxBytes;
    private final long maxPauseMillis;
    private final long maxMillis;
    private final InflightBytes.Claim claim;
    private final Buffer body = Buffer.buffer();
    private final long begunMillis = nowMillis();
    private long receivedMillis = begunMillis;
    private long timer;
    private boolean over;

    /** Called on the connection's event loop. */
    BodyReceiver(Vertx vertx, RoutingContext exchange, EdgeConfig config, InflightBytes inflight) {
        this.vertx = vertx;
        this.eventLoop = vertx.getOrCreateContext();
        this.exchange = exchange;
        this.request = exchange.request();
        this.maxBytes = config.maxBodySize().asLongValue();
        this.maxPauseMillis = config.bodyPause().toMillis();
        this.maxMillis = config.bodyTimeout().toMillis();
        this.claim = inflight.claim(exchange);
    }

    void receive() {
        if (declaredLength() > maxBytes) {
            refuse(Failure.of(413, "The body is larger than " + maxBytes + " bytes."));
            return;
        }
        if (!count(declaredLength())) {
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            exchange.response().writeContinue();
        }
        watch();
        request.exceptionHandler(clientGone -> {
            over = true;
            vertx.cancelTimer(timer);
        });
        request.endHandler(ended -> end());
        request.handler(this::chunk);
    }

    /** Whether there is room for more bytes of this body; where there is none it is refused. */
    private boolean count(long more) {
        if (more == 0 || claim.take(more)) {
            return true;
        }
        refuse(InflightBytes.REFUSAL);
        return false;
    }

    private long declaredLength() {
        String declared = request.getHeader("Content-Length");
        return declared == null ? 0 : Long.parseLong(declared); // the codec refuses what is no number
    }

    private void chunk(Buffer chunk) {
        long received = (long) body.length() + chunk.length();
        if (received > maxBytes) {
            refuse(Failure.of(413, "The body is larger than " + maxBytes + " bytes."));
        } else if (count(Math.max(0, received - claim.bytes()))) {
            body.appendBuffer(chunk);
            receivedMillis = nowMillis();
        }
    }

    /** The process ends: a body that has not arrived by now is not waited for any more. */
    void lastCall() {
        eventLoop.runOnContext(unused -> {
            if (!over) {
                refuse(ENDING);
            }
        });
    }

    private void end() {
        over = true;
        vertx.cancelTimer(timer);
        Body.set(exchange, body);
        exchange.next();
    }

    /** One timer for the pause and the whole; whether bytes have come meanwhile is seen when it fires. */
    private void watch() {
        long now = nowMillis();
        long left = Math.min(receivedMillis - now + maxPauseMillis, begunMillis - now + maxMillis);
        if (left <= 0) {
            refuse(LATE);
        } else {
            timer = vertx.setTimer(left, look -> watch());
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void refuse(Failure failure) {
        over = true;
        vertx.cancelTimer(timer);
        EarlyRefusal.send(vertx, exchange, failure);
    }
}
