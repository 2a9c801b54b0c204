package dev.embedding.http.edge;

import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;

/** An error answered before any endpoint was reached. */
final class ErrorAnswer {

    private ErrorAnswer() {}

    static void send(RoutingContext exchange, int status, String detail) {
        exchange.response()
                .setStatusCode(status)
                .putHeader("Content-Type", MediaType.APPLICATION_JSON)
                .end(Json.encodeToBuffer(ErrorBody.of(status, detail, RequestId.of(exchange))));
    }
}
