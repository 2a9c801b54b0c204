package dev.embedding.http.access;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Keys that callers need; without any key the service is open. */
@ConfigMapping(prefix = "embedding")
public interface AccessConfig {

    /** Keys, comma-separated, for everything but changes of settings. */
    Optional<String> apiKeys();

    /**
     * A file with such keys, by comma or by line, reloaded when it changes; lines that begin with {@code #} are
     * comments.
     */
    Optional<Path> apiKeysFile();

    /** Keys, comma-separated, for everything. */
    Optional<String> adminKeys();

    /** A file with such keys. */
    Optional<Path> adminKeysFile();

    /** Hosts of web pages that may change settings, each with or without a port. */
    Optional<List<String>> allowedHosts();
}
