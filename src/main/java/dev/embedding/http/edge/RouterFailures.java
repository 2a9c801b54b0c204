package dev.embedding.http.edge;

import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Responds to requests that the router rejects before any filter, such as one without {@code Host}, and to failures
 * outside of the endpoints. Callers learn nothing internal, and their own faults are not logged.
 */
@Singleton
class RouterFailures {

    private static final Logger LOG = Logger.getLogger(RouterFailures.class);
    private static final int BEFORE_THE_FRAMEWORKS = -1_000;

    private final Vertx vertx;
    private final Dialects dialects;

    RouterFailures(Vertx vertx, Dialects dialects) {
        this.vertx = vertx;
        this.dialects = dialects;
    }

    void register(@Observes Router router) {
        router.route().order(BEFORE_THE_FRAMEWORKS).failureHandler(this::handle);
    }

    private void handle(RoutingContext exchange) {
        if (exchange.response().headWritten()) {
            exchange.next();
            return;
        }
        if (RequestId.of(exchange).isEmpty()) {
            RequestId.assign(exchange);
            dialects.assign(exchange);
        }
        RequestFailure failure = RequestFraming.fault(exchange.request()).orElseGet(() -> failure(exchange));
        EarlyErrorResponse.sendLast(vertx, exchange, failure);
    }

    private static RequestFailure failure(RoutingContext exchange) {
        int status = exchange.statusCode();
        if (status >= 400 && status < 500) {
            HttpResponseStatus reason = HttpResponseStatus.valueOf(status);
            FailureKind kind = reason.equals(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                    ? FailureKind.RANGE_NOT_SATISFIABLE
                    : FailureKind.MALFORMED_REQUEST;
            return RequestFailure.of(kind, "The request line or a header is not valid: " + reason.reasonPhrase() + ".");
        }
        LOG.errorf(exchange.failure(), "Request %s failed", RequestId.of(exchange));
        return RequestFailure.unexpected();
    }
}
