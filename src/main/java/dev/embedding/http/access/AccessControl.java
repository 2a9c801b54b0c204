package dev.embedding.http.access;

import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a request may go on, by its headers alone. Without any configured key everything is open but changes of
 * settings by foreign web pages; a configured file counts, whatever is in it. Keys are never logged, nor part of any
 * message.
 */
@Singleton
public class AccessControl {

    /** The header besides {@code Authorization: Bearer}. */
    public static final String KEY_HEADER = "X-API-Key";

    private static final String BEARER = "Bearer ";
    private static final String CACHE_SCOPE = "dev.embedding.cache-scope";
    private static final String KEY_ID = "dev.embedding.key-id";
    private static final long READ_AGAIN_MILLIS = 1_000;

    private final boolean open;
    private final KeyHashes apiKeys;
    private final KeyHashes adminKeys;
    private final Optional<KeyFile> apiKeyFile;
    private final Optional<KeyFile> adminKeyFile;
    private final TrustedOrigins origins;

    AccessControl(AccessConfig config) {
        apiKeys = config.apiKeys().map(KeyHashes::of).orElse(KeyHashes.NONE);
        adminKeys = config.adminKeys().map(KeyHashes::of).orElse(KeyHashes.NONE);
        apiKeyFile = config.apiKeysFile().map(file -> read("EMBEDDING_API_KEYS_FILE", file));
        adminKeyFile = config.adminKeysFile().map(file -> read("EMBEDDING_ADMIN_KEYS_FILE", file));
        // INVARIANT: what is configured closes the service, even where there is no key in it.
        open = config.apiKeys().isEmpty() && config.adminKeys().isEmpty() && files().isEmpty();
        origins = new TrustedOrigins(config.allowedHosts().orElse(List.of()));
    }

    private static KeyFile read(String variable, Path file) {
        KeyFile keys = new KeyFile(variable, file);
        keys.read();
        return keys;
    }

    private List<KeyFile> files() {
        List<KeyFile> files = new ArrayList<>();
        apiKeyFile.ifPresent(files::add);
        adminKeyFile.ifPresent(files::add);
        return files;
    }

    /** Whether no key is configured, so that everything is open to every caller. */
    public boolean isOpen() {
        return open;
    }

    void onStart(@Observes StartupEvent start, Vertx vertx) {
        if (!files().isEmpty()) {
            vertx.setPeriodic(
                    READ_AGAIN_MILLIS,
                    timer -> vertx.executeBlocking(() -> {
                        files().forEach(KeyFile::read);
                        return true;
                    }));
        }
    }

    /** Reason why a request may not go on. */
    public enum Refusal {
        NO_KEY,
        UNKNOWN_KEY,
        NO_ADMIN_KEY,
        FOREIGN_ORIGIN
    }

    /**
     * Empty when the request may go on.
     *
     * @param corsOrigins that are in force
     */
    public Optional<Refusal> refusal(RoutingContext exchange, List<String> corsOrigins) {
        String method = exchange.request().method().name();
        String path = exchange.normalizedPath();
        if (open) {
            boolean foreign =
                    AccessRules.changesSettings(method, path) && origins.isForeign(exchange.request(), corsOrigins);
            return foreign ? Optional.of(Refusal.FOREIGN_ORIGIN) : Optional.empty();
        }
        return AccessRules.needsKey(method, path) ? refusalByKey(exchange, method, path) : Optional.empty();
    }

    private Optional<Refusal> refusalByKey(RoutingContext exchange, String method, String path) {
        Optional<String> key = keyOf(exchange.request());
        if (key.isEmpty()) {
            return Optional.of(Refusal.NO_KEY);
        }
        KeyHashes admins = keys(adminKeys, adminKeyFile);
        KeyHashes callers = keys(apiKeys, apiKeyFile);
        Optional<String> admin = admins.idOf(key.get());
        Optional<String> known = admin.or(() -> callers.idOf(key.get()));
        if (known.isEmpty()) {
            return Optional.of(Refusal.UNKNOWN_KEY);
        }
        exchange.put(KEY_ID, known.get());
        if (admins.size() + callers.size() > 1) {
            exchange.put(CACHE_SCOPE, known.get());
        }
        boolean suffices = admin.isPresent() || !AccessRules.changesSettings(method, path);
        return suffices ? Optional.empty() : Optional.of(Refusal.NO_ADMIN_KEY);
    }

    private static KeyHashes keys(KeyHashes given, Optional<KeyFile> file) {
        return given.and(file.map(KeyFile::keys).orElse(KeyHashes.NONE));
    }

    /** Id of the key that a request was let in with: the first 8 hexadecimal digits of its SHA-256. */
    public static Optional<String> keyId(RoutingContext exchange) {
        return Optional.ofNullable(exchange.get(KEY_ID));
    }

    /** Scope of cached vectors: while there are several keys each has its own, so that none learns what another sent. */
    public static String cacheScope(RoutingContext exchange) {
        String scope = exchange.get(CACHE_SCOPE);
        return scope == null ? "" : scope;
    }

    /** A bearer's token, else the other header; a proxy may use {@code Authorization} for a scheme of its own. */
    private static Optional<String> keyOf(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        return Optional.ofNullable(request.getHeader(KEY_HEADER)).map(String::strip);
    }
}
