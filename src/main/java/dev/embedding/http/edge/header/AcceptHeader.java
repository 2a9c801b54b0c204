package dev.embedding.http.edge.header;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;

/**
 * Media types that a caller accepts. Endpoints respond with JSON or what they document, whatever is accepted; the
 * header is hidden from JAX-RS, which would respond with 406.
 */
public final class AcceptHeader {

    private static final String NAME = "Accept";
    private static final String ANY_AT_LAST = "*/*;q=0.001";
    private static final String KEY = "dev.embedding.accept";

    private AcceptHeader() {}

    public static void hide(RoutingContext exchange) {
        MultiMap headers = exchange.request().headers();
        if (headers.contains(NAME)) {
            exchange.put(KEY, String.join(",", headers.getAll(NAME)));
            headers.remove(NAME);
        }
    }

    /**
     * Makes the framework's own endpoints, which choose between media types, respond with another type where none is
     * accepted.
     */
    public static void widen(RoutingContext exchange) {
        MultiMap headers = exchange.request().headers();
        if (headers.contains(NAME)) {
            headers.set(NAME, String.join(",", headers.getAll(NAME)) + "," + ANY_AT_LAST);
        }
    }

    /** All fields of the header, separated by commas; empty when there was none. */
    public static String of(RoutingContext exchange) {
        String value = exchange.get(KEY);
        return value == null ? "" : value;
    }
}
