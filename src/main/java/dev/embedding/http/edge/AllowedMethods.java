package dev.embedding.http.edge;

import java.util.Map;

/** The contract's methods of each path, for the {@code Allow} header of a 405. */
final class AllowedMethods {

    private static final Map<String, String> BY_PATH = Map.of(
            "/", "GET",
            "/embed", "POST",
            "/embed/single", "POST",
            "/health", "GET",
            "/metrics", "GET",
            "/model/info", "GET",
            "/settings", "GET, POST",
            "/settings/bulk", "POST");

    private static final String SETTINGS_KEY = "/settings/";

    private AllowedMethods() {}

    /** @param path as requested; a trailing slash does not matter */
    static String of(String path) {
        String bare = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String otherwise = bare.startsWith(SETTINGS_KEY) ? "DELETE" : "GET";
        return BY_PATH.getOrDefault(bare, otherwise);
    }
}
