package dev.embedding.http.edge;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;

/** Response headers that restrict what browsers let a response do. */
final class SecurityHeaders {

    /** The two scripts within the page of Swagger UI; DocumentsIT compares them with the page that is served. */
    private static final String SCRIPTS = "'sha256-7F2OcKskL04JgL2Wi9dIlM2nKVrWzSiW+5aE8S2GiP8='"
            + " 'sha256-s6z2UOOqnM70YHgv269vq1so4fceNh1+WvreJLEDX4g='";

    private static final String CONTENT_SECURITY_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self' " + SCRIPTS,
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'");

    private SecurityHeaders() {}

    static void add(RoutingContext exchange) {
        MultiMap headers = exchange.response().headers();
        headers.set("X-Content-Type-Options", "nosniff");
        if (exchange.normalizedPath().startsWith("/docs")) {
            headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
            headers.set("Referrer-Policy", "no-referrer");
        }
    }
}
