package dev.embedding.http.edge.dialect;

import dev.embedding.http.access.Access;
import dev.embedding.http.edge.dialect.Route.Purpose;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Endpoint at the path of a request.
 *
 * @param dialect name of the dialect; empty where none owns the path
 * @param routes routes at the path, one for each method; empty where there is no endpoint
 * @param changes access of methods that change something and have no route
 */
public record Endpoint(String dialect, List<Route> routes, Access changes, ErrorFormat errors) {

    private static final Set<String> READING = Set.of("GET", "HEAD");

    /** Route of a method; that of {@code GET} for {@code HEAD}. */
    public Optional<Route> route(String method) {
        String routed = method.equals("HEAD") ? "GET" : method;
        for (Route route : routes) {
            if (route.method().equals(routed)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** Whether a request with this method embeds texts. */
    public boolean embeds(String method) {
        return route(method).filter(route -> route.purpose() == Purpose.EMBED).isPresent();
    }

    /** Right that a request with this method needs, also where it will get a 404 or 405. */
    public Access access(String method) {
        if (method.equals("OPTIONS")) {
            return Access.OPEN;
        }
        return route(method).map(Route::access).orElse(READING.contains(method) ? Access.CALLER : changes);
    }

    /** Whether the framework responds, which receives bodies itself and chooses between media types. */
    public boolean isOfFramework() {
        return routes.stream().anyMatch(Route::isOfFramework);
    }

    /** Whether the service itself has an endpoint at the path. */
    public boolean hasRoutes() {
        return !routes.isEmpty() && !isOfFramework();
    }

    /** All methods that the path responds to, for the response to {@code OPTIONS}. */
    public String methods() {
        String reading = route("HEAD").isPresent() ? ", HEAD" : "";
        return allowedMethods() + reading + ", OPTIONS";
    }

    /** Methods of the path, for the header {@code Allow} of a 405. */
    public String allowedMethods() {
        return routes.stream().map(Route::method).collect(Collectors.joining(", "));
    }
}
