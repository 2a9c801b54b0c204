package dev.embedding.http.access;

import dev.embedding.serving.FailureKind;
import dev.embedding.serving.RequestFailure;
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
 * Decides whether a request is allowed, by its headers alone. Without any configured key everything is open except
 * changes of settings by foreign web pages; a configured key file counts, whatever its content. Keys are never logged,
 * nor part of any message.
 */
@Singleton
public class AccessControl {

    /** The header besides {@code Authorization: Bearer}. */
    public static final String KEY_HEADER = "X-API-Key";

    private static final String BEARER = "Bearer ";
    private static final String CACHE_SCOPE = "dev.embedding.cache-scope";
    private static final String KEY_ID = "dev.embedding.key-id";
    private static final long RELOAD_INTERVAL_MILLIS = 1_000;

    private final boolean open;
    private final KeyHashes apiKeys;
    private final KeyHashes adminKeys;
    private final Optional<KeyFile> apiKeyFile;
    private final Optional<KeyFile> adminKeyFile;
    private final TrustedOrigins origins;

    AccessControl(AccessConfig config) {
        apiKeys = config.apiKeys().orElse(KeyHashes.NONE);
        adminKeys = config.adminKeys().orElse(KeyHashes.NONE);
        apiKeyFile = config.apiKeysFile().map(file -> read("EMBEDDING_API_KEYS_FILE", file));
        adminKeyFile = config.adminKeysFile().map(file -> read("EMBEDDING_ADMIN_KEYS_FILE", file));
        // INVARIANT: any configured variable or file closes the service, even where it contains no key.
        open = config.apiKeys().isEmpty() && config.adminKeys().isEmpty() && files().isEmpty();
        origins = new TrustedOrigins(config.allowedHosts().orElse(AllowedHosts.NONE));
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
                    RELOAD_INTERVAL_MILLIS,
                    timer -> vertx.executeBlocking(() -> {
                        files().forEach(KeyFile::read);
                        return true;
                    }));
        }
    }

    /**
     * Failure of a request that is not allowed; empty when it is.
     *
     * @param needed right that its endpoint needs
     * @param corsOrigins currently in force
     */
    public Optional<RequestFailure> refusal(RoutingContext exchange, Access needed, List<String> corsOrigins) {
        if (open) {
            boolean foreign = needed == Access.ADMIN && origins.isForeign(exchange.request(), corsOrigins);
            return foreign ? Optional.of(foreignOrigin()) : Optional.empty();
        }
        return needed == Access.OPEN ? Optional.empty() : refusalByKey(exchange, needed);
    }

    private Optional<RequestFailure> refusalByKey(RoutingContext exchange, Access needed) {
        Optional<String> key = keyOf(exchange.request());
        if (key.isEmpty()) {
            return Optional.of(noKey());
        }
        KeyHashes admins = keys(adminKeys, adminKeyFile);
        KeyHashes callers = keys(apiKeys, apiKeyFile);
        Optional<String> admin = admins.idOf(key.get());
        Optional<String> known = admin.or(() -> callers.idOf(key.get()));
        if (known.isEmpty()) {
            return Optional.of(unknownKey());
        }
        exchange.put(KEY_ID, known.get());
        if (admins.size() + callers.size() > 1) {
            exchange.put(CACHE_SCOPE, known.get());
        }
        return admin.isPresent() || needed != Access.ADMIN ? Optional.empty() : Optional.of(noAdminKey());
    }

    private static KeyHashes keys(KeyHashes inline, Optional<KeyFile> file) {
        return inline.and(file.map(KeyFile::keys).orElse(KeyHashes.NONE));
    }

    /** Id of the key that a request was authenticated with: the first 8 hexadecimal digits of its SHA-256. */
    public static Optional<String> keyId(RoutingContext exchange) {
        return Optional.ofNullable(exchange.get(KEY_ID));
    }

    /** Scope of cached vectors: with several keys each has its own, so that no caller learns what another sent. */
    public static String cacheScope(RoutingContext exchange) {
        String scope = exchange.get(CACHE_SCOPE);
        return scope == null ? "" : scope;
    }

    /** The bearer token, else the key header; a proxy may use {@code Authorization} for a scheme of its own. */
    private static Optional<String> keyOf(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        return Optional.ofNullable(request.getHeader(KEY_HEADER)).map(String::strip);
    }

    private static RequestFailure noKey() {
        return RequestFailure.of(
                FailureKind.UNAUTHENTICATED, "A key is needed: send Authorization: Bearer <key>, or X-API-Key: <key>.");
    }

    private static RequestFailure unknownKey() {
        return RequestFailure.of(FailureKind.UNAUTHENTICATED, "The key is unknown.");
    }

    private static RequestFailure noAdminKey() {
        return RequestFailure.of(FailureKind.FORBIDDEN, "Changes of settings need an admin key.");
    }

    private static RequestFailure foreignOrigin() {
        return RequestFailure.of(
                FailureKind.FORBIDDEN,
                "Pages of other origins may not change settings here: name the origin in CORS_ORIGINS, or this service's"
                        + " host in EMBEDDING_ALLOWED_HOSTS.");
    }
}
