package dev.embedding.http.access;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The keys that callers need; without any the service is open. */
@ConfigMapping(prefix = "embedding")
public interface AccessConfig {

    /** Keys, comma-separated, for everything but changes of settings. */
    Optional<String> apiKeys();

    /** A file with such keys, by comma or by line, read again when it changes; lines with {@code #} in front are comments. */
    Optional<Path> apiKeysFile();

    /** Keys, comma-separated, for everything. */
    Optional<String> adminKeys();

    /** A file with such keys. */
    Optional<Path> adminKeysFile();

    /** Names under which pages that may change settings are reached: hosts, each with or without a port. */
    Optional<List<String>> allowedHosts();
}
