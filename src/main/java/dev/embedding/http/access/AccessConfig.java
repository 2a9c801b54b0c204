package dev.embedding.http.access;

import dev.embedding.support.config.FileName;
import dev.embedding.support.config.Rule;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import java.nio.file.Path;
import java.util.Optional;

/** Keys that callers need; without any key the service is open. */
@ConfigMapping(prefix = "embedding")
public interface AccessConfig {

    /** Keys, comma-separated, for everything but changes of settings. */
    @WithConverter(KeyHashes.OfVariable.class)
    @Rule(value = KeyHashes.OfVariable.RULE, secret = true)
    Optional<KeyHashes> apiKeys();

    /**
     * A file with such keys, by comma or by line, reloaded when it changes; lines that begin with {@code #} are
     * comments.
     */
    @WithConverter(FileName.class)
    @Rule("the name of a file")
    Optional<Path> apiKeysFile();

    /** Keys, comma-separated, for everything. */
    @WithConverter(KeyHashes.OfVariable.class)
    @Rule(value = KeyHashes.OfVariable.RULE, secret = true)
    Optional<KeyHashes> adminKeys();

    /** A file with such keys. */
    @WithConverter(FileName.class)
    @Rule("the name of a file")
    Optional<Path> adminKeysFile();

    /** Hosts of web pages that may change settings, each with or without a port. */
    @WithConverter(AllowedHosts.OfVariable.class)
    @Rule("empty, or host names and addresses, comma-separated, each with or without a port")
    Optional<AllowedHosts> allowedHosts();
}
