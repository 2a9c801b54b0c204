package dev.embedding.http.edge.header;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * Header that names a vector space by its fingerprint: in a request the required one, in a response the one that is
 * served, and with vectors the one that they belong to.
 */
public final class VectorSpaceHeader {

    public static final String HEADER = "X-Embedding-Space";

    private VectorSpaceHeader() {}

    /** Names the space in the response. */
    public static void set(RoutingContext exchange, String fingerprint) {
        exchange.response().putHeader(HEADER, fingerprint);
    }

    /** The space that the caller requires. */
    public static Optional<String> required(RoutingContext exchange) {
        return Optional.ofNullable(exchange.request().getHeader(HEADER)).map(String::strip);
    }
}
