package dev.embedding.http.embed;

import dev.embedding.http.edge.dialect.Dialect;
import dev.embedding.http.edge.dialect.Route;
import dev.embedding.http.edge.dialect.Route.Purpose;
import dev.embedding.http.edge.dialect.ServiceErrors;
import java.util.List;

/** The service's own embedding endpoints. */
public final class EmbedRoutes {

    static final String EMBED = "/embed";
    static final String SINGLE = "/embed/single";

    public static final Dialect DIALECT = new Dialect(
            "embed",
            List.of(Route.post(EMBED, Purpose.EMBED), Route.post(SINGLE, Purpose.EMBED)),
            ServiceErrors.FORMAT);

    private EmbedRoutes() {}
}
