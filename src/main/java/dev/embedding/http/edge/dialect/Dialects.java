package dev.embedding.http.edge.dialect;

import dev.embedding.http.access.Access;
import dev.embedding.support.Names;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Supported dialects: finds the endpoint of a request by its path alone. */
public final class Dialects {

    private static final Pattern MATRIX_PARAMETERS = Pattern.compile(";[^/]*");
    private static final String KEY = "dev.embedding.endpoint";

    private final List<Dialect> dialects;
    private final ErrorFormat otherErrors;
    private final Map<String, Endpoint> literals = new LinkedHashMap<>();
    private final Map<Pattern, Endpoint> templates = new LinkedHashMap<>();
    private final List<String> changeable;

    /**
     * @param dialects where several own a path without an endpoint, the first does
     * @param otherErrors error format of paths that no dialect owns
     */
    public Dialects(List<Dialect> dialects, ErrorFormat otherErrors) {
        this.dialects = List.copyOf(dialects);
        this.otherErrors = otherErrors;
        this.changeable = dialects.stream()
                .flatMap(dialect -> dialect.routes().stream())
                .filter(route -> route.access() == Access.ADMIN && route.isLiteral())
                .map(Route::path)
                .toList();
        dialects.forEach(this::add);
    }

    private void add(Dialect dialect) {
        Map<String, List<Route>> byPath = dialect.routes().stream()
                .collect(Collectors.groupingBy(Route::path, LinkedHashMap::new, Collectors.toList()));
        byPath.forEach((path, routes) -> {
            Route first = routes.get(0);
            Endpoint endpoint = new Endpoint(dialect.name(), routes, changes(first.prefix()), dialect.errors());
            if (first.isLiteral()) {
                literals.put(path, endpoint);
            } else {
                templates.put(first.pattern(), endpoint);
            }
        });
    }

    /** The endpoint at a path; one without routes where there is none. */
    public Endpoint at(String path) {
        String bare = Names.withoutTrailingSlash(path.indexOf(';') < 0 ? path : withoutMatrixParameters(path));
        Endpoint literal = literals.get(bare);
        if (literal != null) {
            return literal;
        }
        for (Map.Entry<Pattern, Endpoint> template : templates.entrySet()) {
            if (template.getKey().matcher(bare).matches()) {
                return template.getValue();
            }
        }
        ErrorFormat errors = dialects.stream()
                .filter(dialect -> dialect.owns(path))
                .findFirst()
                .map(Dialect::errors)
                .orElse(otherErrors);
        return new Endpoint("", List.of(), changes(path), errors);
    }

    /** The path that JAX-RS matches where there are such parameters: without them, and decoded. */
    private static String withoutMatrixParameters(String path) {
        String bare = MATRIX_PARAMETERS.matcher(path).replaceAll("");
        return URLDecoder.decode(bare.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /**
     * Access of methods that change something, by the path alone: what begins like a path that only admins may change
     * needs their right, however the framework reads the rest of it.
     */
    private Access changes(String path) {
        return changeable.stream().anyMatch(path::startsWith) ? Access.ADMIN : Access.CALLER;
    }

    public void assign(RoutingContext exchange) {
        exchange.put(KEY, at(exchange.normalizedPath()));
    }

    /** The endpoint of an exchange to which one was assigned. */
    public static Endpoint of(RoutingContext exchange) {
        Endpoint endpoint = exchange.get(KEY);
        if (endpoint == null) {
            throw new IllegalStateException("The exchange passed no filter");
        }
        return endpoint;
    }
}
