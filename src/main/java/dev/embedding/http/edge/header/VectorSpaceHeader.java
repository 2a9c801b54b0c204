package dev.embedding.http.edge.header;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * The header that names a vector space by its fingerprint: in a request the required one, in a response the one of
 * its vectors, else the served one.
 */
public final class VectorSpaceHeader {

    public static final String HEADER = "X-Embedding-Space";

    private VectorSpaceHeader() {}

    /** Names the space in the response. */
    public static void answer(RoutingContext exchange, String fingerprint) {
        exchange.response().putHeader(HEADER, fingerprint);
    }

    /** The space that the caller insists on. */
    public static Optional<String> required(RoutingContext exchange) {
        return Optional.ofNullable(exchange.request().getHeader(HEADER)).map(String::strip);
    }
}
