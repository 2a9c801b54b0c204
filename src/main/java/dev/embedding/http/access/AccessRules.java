package dev.embedding.http.access;

import dev.embedding.support.Names;
import java.util.Set;

/** Rules for which requests need a key, by method and path. A request that is not listed needs one. */
public final class AccessRules {

    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Set<String> OPEN = Set.of("/", "/docs", "/openapi", "/health", "/q/health");
    private static final Set<String> OPEN_PREFIXES = Set.of("/docs/", "/openapi.", "/q/health/");
    private static final String SETTINGS = "/settings";

    private AccessRules() {}

    /** @param path without dot segments, as the router sees it */
    static boolean needsKey(String method, String path) {
        boolean open = OPEN.contains(Names.withoutTrailingSlash(path))
                || OPEN_PREFIXES.stream().anyMatch(path::startsWith);
        return !method.equals("OPTIONS") && !(open && READING.contains(method));
    }

    /** Whether a request would change settings, which needs an admin key where there are keys. */
    public static boolean changesSettings(String method, String path) {
        return path.startsWith(SETTINGS) && !READING.contains(method) && !method.equals("OPTIONS");
    }
}
