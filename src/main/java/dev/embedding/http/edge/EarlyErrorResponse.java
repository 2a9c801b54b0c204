package dev.embedding.http.edge;

import dev.embedding.serving.RequestFailure;
import io.netty.util.AttributeKey;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Error response that is sent without calling an endpoint; where the request's body has not been read, the connection
 * is closed after it.
 */
final class EarlyErrorResponse {

    /** Maximum bytes of a rejected body that are still read, so that its sender receives the response. */
    private static final long DISCARDED_BYTES = 64L << 20;

    private static final long DISCARDING_MILLIS = 2_000;

    private static final AttributeKey<Boolean> LAST = AttributeKey.valueOf(EarlyErrorResponse.class, "last");

    private final HttpServerRequest request;
    private long discarded;

    private EarlyErrorResponse(HttpServerRequest request) {
        this.request = request;
    }

    /** Like {@link #send}, but closes the connection in any case, and ignores anything else that has arrived on it. */
    static void sendLast(Vertx vertx, RoutingContext exchange, RequestFailure failure) {
        HttpConnection connection = exchange.request().connection();
        ConnectionTimeouts.channel(connection).attr(LAST).set(true);
        exchange.response().headers().set("Connection", "close");
        exchange.response().endHandler(ended -> connection.close());
        send(vertx, exchange, failure);
    }

    /** Whether the connection is about to be closed, so that nothing more may be read from it. */
    static boolean isClosing(RoutingContext exchange) {
        return ConnectionTimeouts.channel(exchange.request().connection()).hasAttr(LAST);
    }

    static void send(Vertx vertx, RoutingContext exchange, RequestFailure failure) {
        HttpServerRequest request = exchange.request();
        if (exchange.response().closed()) {
            return;
        }
        boolean unread = !request.isEnded() && RequestFraming.announcesBody(request);
        if (unread) {
            exchange.response().headers().set("Connection", "close");
        }
        ErrorResponse.of(failure, exchange).send(exchange);
        if (unread) {
            // Closing at once would reset the connection under a client that is still sending, and lose the response.
            EarlyErrorResponse refusal = new EarlyErrorResponse(request);
            request.endHandler(ended -> request.connection().close());
            request.handler(refusal::discard);
            vertx.setTimer(DISCARDING_MILLIS, timer -> request.connection().close());
        }
    }

    private void discard(Buffer chunk) {
        discarded += chunk.length();
        if (discarded > DISCARDED_BYTES) {
            request.connection().close();
        }
    }
}
