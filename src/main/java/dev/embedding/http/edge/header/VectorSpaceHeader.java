package dev.embedding.http.edge.header;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * The header that names a vector space by its fingerprint: in a request the one that must be served, in every answer the
 * one that is served, and with vectors the one that they are of.
 */
public final class VectorSpaceHeader {

    public static final String HEADER = "X-Embedding-Space";

    private VectorSpaceHeader() {}

    /** Names the space in the answer. */
    public static void answer(RoutingContext exchange, String fingerprint) {
        exchange.response().putHeader(HEADER, fingerprint);
    }

    /** The space that the caller insists on. */
    public static Optional<String> required(RoutingContext exchange) {
        return Optional.ofNullable(exchange.request().getHeader(HEADER)).map(String::strip);
    }
}
