package dev.embedding.settings.store;

import dev.embedding.settings.database.DatabaseUrl;
import dev.embedding.support.config.Durations;
import dev.embedding.support.config.Rule;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
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
    @WithConverter(Durations.Positive.class)
    @Rule("a duration as 3s or 500ms")
    Duration dbTimeout();
}
