package dev.embedding.http.edge.failure;

import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Supported dialects. The dialect of an exchange follows from its path alone. */
public final class Dialects {

    private static final String KEY = "dev.embedding.dialect";
    private static final Dialect OWN = new ServiceDialect();

    private final List<Dialect> others;

    /** @param others dialects besides the service's own; the first that owns a path is used */
    public Dialects(List<Dialect> others) {
        this.others = List.copyOf(others);
    }

    /** Dialect of a path; the service's own where no other owns it. */
    public Dialect of(String path) {
        for (Dialect dialect : others) {
            if (dialect.owns(path)) {
                return dialect;
            }
        }
        return OWN;
    }

    public void assign(RoutingContext exchange) {
        exchange.put(KEY, of(exchange.normalizedPath()));
    }

    public static Dialect of(RoutingContext exchange) {
        Dialect dialect = exchange.get(KEY);
        return dialect == null ? OWN : dialect;
    }
}
