package dev.embedding.http.edge;

import dev.embedding.http.edge.failure.Dialect;
import dev.embedding.http.edge.failure.Dialects;
import dev.embedding.http.edge.failure.Failure;
import dev.embedding.http.edge.header.RequestId;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Error in the format of its exchange's dialect. */
public record ErrorResponse(int status, Map<String, String> headers, Object body) {

    public static ErrorResponse of(Failure failure, RoutingContext exchange) {
        Dialect dialect = Dialects.of(exchange);
        Map<String, String> headers = new LinkedHashMap<>(dialect.headers(failure));
        failure.retryAfter().ifPresent(time -> {
            headers.put("Retry-After", Long.toString(wholeSeconds(time)));
            headers.put("retry-after-ms", Long.toString(time.toMillis()));
        });
        return new ErrorResponse(
                dialect.status(failure.status()), headers, dialect.body(failure, RequestId.of(exchange)));
    }

    /** Rounded up, so that no caller retries too early. */
    private static long wholeSeconds(Duration time) {
        return time.plusMillis(999).toSeconds();
    }

    /** Sends the response where no endpoint was called. */
    void send(RoutingContext exchange) {
        exchange.response().headers().addAll(headers);
        exchange.response()
                .setStatusCode(status)
                .putHeader("Content-Type", MediaType.APPLICATION_JSON)
                .end(Json.encodeToBuffer(body));
    }

    public Response.ResponseBuilder toResponse() {
        Response.ResponseBuilder response =
                Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
        headers.forEach(response::header);
        return response;
    }
}
