package dev.embedding.settings.store;

import dev.embedding.settings.database.DatabaseUrl;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Configuration of the store of settings, except for the database, which has {@link DatabaseUrl}. */
@ConfigMapping(prefix = "embedding")
public interface StoreConfig {

    /** The settings file, used instead of a database. */
    Optional<Path> settingsFile();

    /** Timeout of each operation of a store. */
    @WithDefault("3s")
    Duration dbTimeout();
}
