package dev.embedding.http.edge;

import dev.embedding.http.edge.dialect.Dialects;
import dev.embedding.http.edge.dialect.ErrorFormat;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Error in the format of its exchange's dialect. */
public record ErrorResponse(int status, Map<String, String> headers, Object body) {

    private static final String KIND = "dev.embedding.failure";

    /** The response to a failed exchange; the kind of the failure is kept with the exchange. */
    public static ErrorResponse of(RequestFailure failure, RoutingContext exchange) {
        exchange.put(KIND, failure.kind());
        ErrorFormat format = Dialects.of(exchange).errors();
        Map<String, String> headers = new LinkedHashMap<>(format.headers(failure.kind()));
        failure.retryAfter().ifPresent(time -> {
            headers.put("Retry-After", Long.toString(wholeSeconds(time)));
            headers.put("retry-after-ms", Long.toString(time.toMillis()));
        });
        return new ErrorResponse(format.status(failure.kind()), headers, format.body(failure, RequestId.of(exchange)));
    }

    /** Kind of the failure that the exchange got a response for; empty where it got none. */
    static Optional<FailureKind> kindOf(RoutingContext exchange) {
        return Optional.ofNullable(exchange.get(KIND));
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
