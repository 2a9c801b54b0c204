package dev.embedding.http.access;

import java.util.Set;

/** What a request needs, by method and path. Whatever is not named here needs a key. */
final class AccessRules {

    private static final Set<String> OPEN = Set.of("/", "/docs", "/openapi", "/openapi.json", "/health", "/q/health");
    private static final Set<String> OPEN_FOLDERS = Set.of("/docs/", "/q/health/");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String SETTINGS = "/settings";

    private AccessRules() {}

    /** @param path without dot segments, as the router sees it */
    static boolean needsKey(String method, String path) {
        return !method.equals("OPTIONS")
                && !OPEN.contains(bare(path))
                && OPEN_FOLDERS.stream().noneMatch(path::startsWith);
    }

    /** Of a request that needs a key: whether it must be an admin's. */
    static boolean needsAdminKey(String method, String path) {
        return path.startsWith(SETTINGS) && !READING.contains(method);
    }

    private static String bare(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
