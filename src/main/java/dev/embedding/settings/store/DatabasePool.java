package dev.embedding.settings.store;

import dev.embedding.settings.database.DatabaseUrl;
import dev.embedding.settings.environment.EnvironmentSettings;
import io.quarkus.reactive.mysql.client.MySQLPoolCreator;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Creates a connection pool that recovers from a database that hangs or disappears: a connection without a response is
 * closed and replaced.
 */
@Singleton
class DatabasePool implements MySQLPoolCreator {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final EnvironmentSettings environment;
    private final Duration timeout;

    DatabasePool(StoreConfig config, EnvironmentSettings environment) {
        this.environment = environment;
        this.timeout = config.dbTimeout();
    }

    @Override
    public Pool create(Input input) {
        DatabaseUrl url = environment.database().orElseThrow();
        long silence = Math.max(SILENCE.toMillis(), 2 * timeout.toMillis());
        MySQLConnectOptions connection = input.mySQLConnectOptionsList().get(0);
        connection
                .setHost(url.host())
                .setPort(url.port())
                .setDatabase(url.database())
                .setUser(url.user())
                .setPassword(url.password())
                .setConnectTimeout(Math.toIntExact(timeout.toMillis()))
                .setIdleTimeout(Math.toIntExact(silence))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        PoolOptions pool = input.poolOptions()
                .setConnectionTimeout(Math.toIntExact(timeout.plusSeconds(1).toMillis()))
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                // Closed with a message to the server, which would log a connection that the socket's timeout closes as
                // a fault.
                .setIdleTimeout(Math.toIntExact(silence / 2))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return MySQLBuilder.pool()
                .with(pool)
                .connectingTo(new DatabaseTransport(connection, url, input.vertx(), timeout))
                .using(input.vertx())
                .build();
    }
}
