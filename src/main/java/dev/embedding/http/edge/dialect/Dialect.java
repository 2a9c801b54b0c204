package dev.embedding.http.edge.dialect;

import java.util.List;

/**
 * API dialect of one family of clients.
 *
 * @param name label of the meters
 * @param routes its endpoints
 * @param errors error format of its endpoints, and of the paths beside and below them that have no endpoint
 */
public record Dialect(String name, List<Route> routes, ErrorFormat errors) {

    public Dialect {
        routes = List.copyOf(routes);
    }

    /** Whether a path without an endpoint is beside or below the endpoints of this dialect. */
    boolean owns(String path) {
        return routes.stream().map(route -> parent(route.prefix())).anyMatch(parent -> isAtOrBelow(path, parent));
    }

    /** The path without its last segment, if it has several. */
    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash > 0 ? path.substring(0, slash) : path;
    }

    private static boolean isAtOrBelow(String path, String parent) {
        return path.startsWith(parent) && (path.length() == parent.length() || path.charAt(parent.length()) == '/');
    }
}
