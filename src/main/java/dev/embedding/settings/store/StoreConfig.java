package dev.embedding.settings.store;

import dev.embedding.settings.database.DatabaseUrl;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Location of the settings file, and timeouts; the database has {@link DatabaseUrl}. */
@ConfigMapping(prefix = "embedding")
public interface StoreConfig {

    /** The file that stores settings instead of a database. */
    Optional<Path> settingsFile();

    /** Limit of each operation of a store. */
    @WithDefault("3s")
    Duration dbTimeout();
}
