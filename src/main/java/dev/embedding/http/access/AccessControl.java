package dev.embedding.http.access;

import dev.embedding.reload.SettingsControl;
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
import org.jboss.logging.Logger;

/**
 * Decides whether a request may go on, by its headers alone. Without any configured key everything is open; a configured
 * file counts, whatever is in it. Keys are never logged, nor part of any message.
 */
@Singleton
public class AccessControl {

    /** The header besides {@code Authorization: Bearer}. */
    public static final String KEY_HEADER = "X-API-Key";

    private static final Logger LOG = Logger.getLogger("dev.embedding");
    private static final String BEARER = "Bearer ";
    private static final long READ_AGAIN_MILLIS = 1_000;

    private final boolean open;
    private final KeyHashes apiKeys;
    private final KeyHashes adminKeys;
    private final Optional<KeyFile> apiKeyFile;
    private final Optional<KeyFile> adminKeyFile;

    AccessControl(AccessConfig config) {
        apiKeys = config.apiKeys().map(KeyHashes::of).orElse(KeyHashes.NONE);
        adminKeys = config.adminKeys().map(KeyHashes::of).orElse(KeyHashes.NONE);
        apiKeyFile = config.apiKeysFile().map(file -> read("EMBEDDING_API_KEYS_FILE", file));
        adminKeyFile = config.adminKeysFile().map(file -> read("EMBEDDING_ADMIN_KEYS_FILE", file));
        open = apiKeys.isEmpty() && adminKeys.isEmpty() && files().isEmpty();
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

    void onStart(@Observes StartupEvent start, Vertx vertx, SettingsControl settings) {
        if (open && !settings.source().equals("environment")) {
            LOG.warn("Settings can be changed by every caller: set EMBEDDING_ADMIN_KEYS");
        }
        if (!files().isEmpty()) {
            vertx.setPeriodic(
                    READ_AGAIN_MILLIS,
                    timer -> vertx.executeBlocking(() -> {
                        files().forEach(KeyFile::read);
                        return true;
                    }));
        }
    }

    /** What is wrong with a request. */
    public enum Refusal {
        NO_KEY,
        UNKNOWN_KEY,
        NO_ADMIN_KEY
    }

    /** Empty when the request may go on. */
    public Optional<Refusal> refusal(RoutingContext exchange) {
        String method = exchange.request().method().name();
        String path = exchange.normalizedPath();
        if (open || !AccessRules.needsKey(method, path)) {
            return Optional.empty();
        }
        Optional<String> key = keyOf(exchange.request());
        if (key.isEmpty()) {
            return Optional.of(Refusal.NO_KEY);
        }
        boolean admin = isOf(adminKeys, adminKeyFile, key.get());
        if (!admin && !isOf(apiKeys, apiKeyFile, key.get())) {
            return Optional.of(Refusal.UNKNOWN_KEY);
        }
        return admin || !AccessRules.needsAdminKey(method, path) ? Optional.empty() : Optional.of(Refusal.NO_ADMIN_KEY);
    }

    private static boolean isOf(KeyHashes keys, Optional<KeyFile> file, String key) {
        return keys.and(file.map(KeyFile::keys).orElse(KeyHashes.NONE)).contain(key);
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
