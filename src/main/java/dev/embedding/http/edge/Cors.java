package dev.embedding.http.edge;

import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.http.edge.header.RequestId;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin access as Starlette's middleware grants it with credentials allowed: an allowed origin is returned in
 * {@code Access-Control-Allow-Origin}, a foreign one is not, and a foreign preflight gets 400.
 */
final class Cors {

    private static final String ANY = "*";
    private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    private static final String EXPOSED = String.join(
            ", ",
            RequestId.HEADER,
            EmbeddingHeaders.SPACE,
            "Server-Timing",
            "Retry-After",
            "retry-after-ms",
            "x-should-retry");

    private Cors() {}

    /** Adds the headers; true when the exchange was a preflight, which then has its response. */
    static boolean handle(RoutingContext exchange, List<String> allowedOrigins) {
        String origin = exchange.request().getHeader("Origin");
        if (origin == null) {
            return false;
        }
        boolean allowed = allowedOrigins.contains(ANY) || allowedOrigins.contains(origin);
        MultiMap headers = exchange.response().headers();
        headers.add("Vary", "Origin");
        if (allowed) {
            headers.set("Access-Control-Allow-Origin", origin);
            headers.set("Access-Control-Allow-Credentials", "true");
        }
        String requestedMethod = exchange.request().getHeader("Access-Control-Request-Method");
        if (exchange.request().method().equals(HttpMethod.OPTIONS) && requestedMethod != null) {
            preflight(exchange, allowed);
            return true;
        }
        if (allowed) {
            headers.set("Access-Control-Expose-Headers", EXPOSED);
        }
        return false;
    }

    private static void preflight(RoutingContext exchange, boolean allowed) {
        MultiMap headers = exchange.response().headers();
        headers.set("Access-Control-Allow-Methods", METHODS);
        headers.set("Access-Control-Max-Age", "600");
        @Nullable String requestedHeaders = exchange.request().getHeader("Access-Control-Request-Headers");
        if (requestedHeaders != null) {
            headers.set("Access-Control-Allow-Headers", requestedHeaders);
        }
        headers.set("Content-Type", "text/plain; charset=utf-8");
        exchange.response().setStatusCode(allowed ? 200 : 400).end(allowed ? "OK" : "Disallowed CORS origin");
    }
}
