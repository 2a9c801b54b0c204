package dev.embedding.http.edge;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Receives the body of one exchange, within limits of size and patience, before its endpoint is called. A body that is
 * declared too large is refused before its first byte is read; one that turns out too large as soon as it does.
 */
final class BodyReceiver {

    /** How much of a refused body is still read, so that its sender gets to see the answer. */
    private static final long DISCARDED_BYTES = 64L << 20;

    private static final long DISCARDING_MILLIS = 2_000;

    private final Vertx vertx;
    private final RoutingContext exchange;
    private final HttpServerRequest request;
    private final long maxBytes;
    private final long maxPauseMillis;
    private final Buffer body = Buffer.buffer();
    private long pauseTimer;
    private boolean refused;
    private long discarded;

    BodyReceiver(Vertx vertx, RoutingContext exchange, long maxBytes, long maxPauseMillis) {
        this.vertx = vertx;
        this.exchange = exchange;
        this.request = exchange.request();
        this.maxBytes = maxBytes;
        this.maxPauseMillis = maxPauseMillis;
    }

    void receive() {
        if (declaredLength() > maxBytes) {
            refuse(413, "The body is larger than " + maxBytes + " bytes.");
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            exchange.response().writeContinue();
        }
        pauseTimer = vertx.setTimer(maxPauseMillis, timer -> refuse(408, "The body did not arrive in time."));
        request.exceptionHandler(clientGone -> vertx.cancelTimer(pauseTimer));
        request.endHandler(ended -> end());
        request.handler(this::chunk);
    }

    private long declaredLength() {
        String declared = request.getHeader("Content-Length");
        return declared == null ? 0 : Long.parseLong(declared); // the codec refuses what is no number
    }

    private void chunk(Buffer chunk) {
        if (refused) {
            discard(chunk);
        } else if (body.length() + chunk.length() > maxBytes) {
            refuse(413, "The body is larger than " + maxBytes + " bytes.");
        } else {
            body.appendBuffer(chunk);
            vertx.cancelTimer(pauseTimer);
            pauseTimer = vertx.setTimer(maxPauseMillis, timer -> refuse(408, "The body did not arrive in time."));
        }
    }

    private void end() {
        vertx.cancelTimer(pauseTimer);
        if (refused) {
            request.connection().close();
        } else {
            Body.set(exchange, body);
            exchange.next();
        }
    }

    private void refuse(int status, String detail) {
        vertx.cancelTimer(pauseTimer);
        refused = true;
        exchange.response().putHeader("Connection", "close");
        ErrorAnswer.send(exchange, status, detail);
        // Closing at once would reset the connection under a client that is still sending, and lose the answer.
        request.endHandler(ended -> request.connection().close());
        request.handler(this::discard);
        vertx.setTimer(DISCARDING_MILLIS, timer -> request.connection().close());
    }

    private void discard(Buffer chunk) {
        discarded += chunk.length();
        if (discarded > DISCARDED_BYTES) {
            request.connection().close();
        }
    }
}
