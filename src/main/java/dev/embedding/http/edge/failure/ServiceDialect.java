package dev.embedding.http.edge.failure;

import dev.embedding.support.Names;
import java.util.Map;

/** The service's own dialect. */
final class ServiceDialect implements Dialect {

    private static final Map<String, String> METHODS = Map.of(
            "/", "GET",
            "/embed", "POST",
            "/embed/single", "POST",
            "/health", "GET",
            "/metrics", "GET",
            "/model/info", "GET",
            "/settings", "GET, POST",
            "/settings/bulk", "POST");

    private static final String EMBED = "/embed";
    private static final String SETTINGS_KEY = "/settings/";

    @Override
    public boolean owns(String path) {
        return true;
    }

    @Override
    public boolean embeds(String path) {
        return path.equals(EMBED) || path.startsWith(EMBED + "/");
    }

    @Override
    public String allowedMethods(String path) {
        String bare = Names.withoutTrailingSlash(path);
        String otherwise = bare.startsWith(SETTINGS_KEY) ? "DELETE" : "GET";
        return METHODS.getOrDefault(bare, otherwise);
    }

    @Override
    public String inputField() {
        return "texts";
    }

    @Override
    public int status(int status) {
        return status;
    }

    @Override
    public Object body(Failure failure, String requestId) {
        return ErrorBody.of(failure, requestId);
    }

    @Override
    public String errorSchema() {
        return "Error";
    }
}
