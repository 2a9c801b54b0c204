package dev.embedding.http.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;

/** The received body of an exchange. */
public final class Body {

    private static final String KEY = "dev.embedding.body";

    private Body() {}

    static void set(RoutingContext exchange, Buffer body) {
        exchange.put(KEY, body);
    }

    /** Empty when the exchange has none. */
    public static byte[] of(RoutingContext exchange) {
        Buffer body = exchange.get(KEY);
        return body == null ? new byte[0] : body.getBytes();
    }
}
