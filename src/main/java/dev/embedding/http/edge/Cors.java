package dev.embedding.http.edge;

import dev.embedding.http.edge.header.RequestId;
import dev.embedding.http.edge.header.VectorSpaceHeader;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin access as Starlette's middleware grants it with credentials allowed: an allowed origin gets its own
 * name back, a foreign one gets no header, and a foreign preflight 400.
 */
final class Cors {

    private static final String ANY = "*";
    private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private static final String EXPOSED = String.join(
            ", ",
            RequestId.HEADER,
            VectorSpaceHeader.HEADER,
            "Server-Timing",
            "Retry-After",
            "retry-after-ms",
            "x-should-retry");

    private Cors() {}

    /** Adds the headers; true when the exchange was a preflight and is answered. */
    static boolean handle(RoutingContext exchange, List<String> allowedOrigins) {
        String origin = exchange.request().getHeader("Origin");
        if (origin == null) {
            return false;
        }
        boolean allowed = allowedOrigins.contains(ANY) || allowedOrigins.contains(origin);
        MultiMap answer = exchange.response().headers();
        answer.add("Vary", "Origin");
        if (allowed) {
            answer.set("Access-Control-Allow-Origin", origin);
            answer.set("Access-Control-Allow-Credentials", "true");
        }
        String wantedMethod = exchange.request().getHeader("Access-Control-Request-Method");
        if (exchange.request().method().equals(HttpMethod.OPTIONS) && wantedMethod != null) {
            preflight(exchange, allowed);
            return true;
        }
        if (allowed) {
            answer.set("Access-Control-Expose-Headers", EXPOSED);
        }
        return false;
    }

    private static void preflight(RoutingContext exchange, boolean allowed) {
        MultiMap answer = exchange.response().headers();
        answer.set("Access-Control-Allow-Methods", METHODS);
        answer.set("Access-Control-Max-Age", "600");
        @Nullable String wantedHeaders = exchange.request().getHeader("Access-Control-Request-Headers");
        if (wantedHeaders != null) {
            answer.set("Access-Control-Allow-Headers", wantedHeaders);
        }
        answer.set("Content-Type", "text/plain; charset=utf-8");
        exchange.response().setStatusCode(allowed ? 200 : 400).end(allowed ? "OK" : "Disallowed CORS origin");
    }
}
