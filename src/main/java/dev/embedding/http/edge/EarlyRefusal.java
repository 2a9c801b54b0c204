package dev.embedding.http.edge;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** An error answered without an endpoint; where the body of its request has not been read, the connection ends with it. */
final class EarlyRefusal {

    /** How much of a refused body is still read, so that its sender gets to see the answer. */
    private static final long DISCARDED_BYTES = 64L << 20;

    private static final long DISCARDING_MILLIS = 2_000;

    private final HttpServerRequest request;
    private long discarded;

    private EarlyRefusal(HttpServerRequest request) {
        this.request = request;
    }

    static void send(Vertx vertx, RoutingContext exchange, Failure failure) {
        HttpServerRequest request = exchange.request();
        if (exchange.response().closed()) {
            return;
        }
        boolean unread = !request.isEnded() && mayHaveBody(request);
        if (unread) {
            exchange.response().headers().set("Connection", "close");
        }
        ErrorAnswer.of(failure, exchange).send(exchange);
        if (unread) {
            // Closing at once would reset the connection under a client that is still sending, and lose the answer.
            EarlyRefusal refusal = new EarlyRefusal(request);
            request.endHandler(ended -> request.connection().close());
            request.handler(refusal::discard);
            vertx.setTimer(DISCARDING_MILLIS, timer -> request.connection().close());
        }
    }

    private static boolean mayHaveBody(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        return request.getHeader("Transfer-Encoding") != null
                || length != null && !length.strip().equals("0");
    }

    private void discard(Buffer chunk) {
        discarded += chunk.length();
        if (discarded > DISCARDED_BYTES) {
            request.connection().close();
        }
    }
}
