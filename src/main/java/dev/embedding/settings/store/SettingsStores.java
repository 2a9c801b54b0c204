package dev.embedding.settings.store;

import dev.embedding.settings.SettingsStore;
import dev.embedding.settings.StatusBoard;
import dev.embedding.settings.database.DatabaseUrl;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.quarkus.arc.InjectableInstance;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** Produces the configured store of settings, if any; without one, no database is used. */
@Singleton
class SettingsStores {

    private final Optional<DatabaseStore> database;
    private final Optional<SettingsStore> file;

    SettingsStores(
            StoreConfig config, EnvironmentSettings environment, @Any InjectableInstance<Pool> pools, Vertx vertx) {
        Duration timeout = config.dbTimeout();
        this.database = environment.database().map(url -> databaseStore(url, pools.get(), vertx, timeout));
        this.file = config.settingsFile().map(path -> new FileStore(path, timeout));
    }

    private static DatabaseStore databaseStore(DatabaseUrl url, Pool pool, Vertx vertx, Duration timeout) {
        return new DatabaseStore(pool, new DatabaseCalls(vertx, timeout, new DatabaseFault(url, timeout)));
    }

    @Produces
    @Singleton
    Optional<SettingsStore> settingsStore() {
        return database.<SettingsStore>map(store -> store).or(() -> file);
    }

    @Produces
    @Singleton
    Optional<StatusBoard> statusBoard() {
        return database.map(store -> store);
    }
}
