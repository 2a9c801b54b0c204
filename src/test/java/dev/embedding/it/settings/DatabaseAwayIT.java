package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.ServiceStart;
import dev.embedding.it.load.SteadyCaller;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks a database that is unreachable, hangs or recovers: embedding never waits for it, and nothing has to be
 * restarted.
 */
@Tag("thorough")
class DatabaseAwayIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MariaDb database = MariaDb.installed();

    private final Path cache;

    DatabaseAwayIT(@TempDir Path cache) {
        this.cache = cache;
    }

    @AfterEach
    void removeDatabase() {
        database.close();
    }

    private ServiceStart configured() {
        return ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", SMALL)
                .with("EMBEDDING_MODEL_CACHE_DIR", cache.toString())
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_USE_DB_SETTINGS", "true")
                .with("EMBEDDING_DB_URL", database.url())
                .with("EMBEDDING_DB_TIMEOUT", "1s")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s");
    }

    private void store(String key, String value) {
        database.execute("REPLACE INTO service_settings VALUES ('embedding-service', '" + key + "', '" + value + "')");
    }

    @Test
    void startsWithTheEnvironmentAndFollowsTheDatabaseOnceItIsReachable() {
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            Following.awaitFault(service, "database_fault", "127.0.0.1:" + database.port());
            assertThat(Following.health(service)
                            .path("dependencies")
                            .path("database")
                            .textValue())
                    .isEqualTo("unhealthy");
            assertThat(service.client()
                            .postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": 4}")
                            .status())
                    .isEqualTo(503);
            assertThat(service.output()).doesNotContain(MariaDb.PASSWORD);

            database.start();

            Following.awaitHealthy(service);
            store("max_batch_size", "4");
            Following.awaitSetting(service, "max_batch_size", "4");
            caller.awaitAnswer();
            assertThat(service.output()).doesNotContain("already complete", "\tat ");
        }
    }

    @Test
    void startsWhileTheDatabaseHangs() {
        database.start();
        database.pause();
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            Following.awaitFault(service, "database_fault", "within 1 s");

            database.resume();

            Following.awaitHealthy(service);
            caller.awaitAnswer();
        }
    }

    @Test
    void keepsServingWhileTheDatabaseHangsOrIsKilled() {
        database.start();
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            store("max_batch_size", "5");
            Following.awaitSetting(service, "max_batch_size", "5");

            database.pause();
            Following.awaitFault(service, "database_fault", "within 1 s");
            assertThat(service.client()
                            .postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": 4}")
                            .status())
                    .isEqualTo(503);
            database.resume();
            Following.awaitHealthy(service);
            assertThat(Following.setting(service, "max_batch_size").intValue()).isEqualTo(5);

            database.kill();
            Following.awaitFault(service, "database_fault", "refused");
            database.start();
            Following.awaitHealthy(service);
            store("max_batch_size", "6");
            Following.awaitSetting(service, "max_batch_size", "6");
            caller.awaitAnswer();
        }
    }

    @Test
    void storesNothingOfAChangeThatTimedOut() throws Exception {
        database.start();
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            store("max_batch_size", "5");
            Following.awaitSetting(service, "max_batch_size", "5");
            Thread operator = new Thread(() -> database.tryQuery("START TRANSACTION;"
                    + " UPDATE service_settings SET value = '9' WHERE `key` = 'max_batch_size'; SELECT SLEEP(60)"));
            operator.start();
            Await.until(
                    PATIENCE,
                    () -> database.query(
                                    "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_modified = 1")
                            .equals(List.of("1")),
                    () -> "No transaction is open");

            assertThat(service.client()
                            .postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": 7}")
                            .status())
                    .isEqualTo(503);
            database.kill();
            operator.join();
            Following.awaitFault(service, "database_fault", "refused");
            database.start();

            Following.awaitHealthy(service);
            assertThat(Following.setting(service, "max_batch_size").intValue()).isEqualTo(5);
            assertThat(database.query("SELECT value FROM service_settings")).containsExactly("5");
            caller.awaitAnswer();
        }
    }

    @Test
    void bringsReplicasToTheSameStateAfterAnOutageDuringAChange() throws Exception {
        database.start();
        try (ServiceProcess one = configured().ready();
                ServiceProcess other = configured().ready()) {
            store("max_batch_size", "5");
            Following.awaitSetting(one, "max_batch_size", "5");
            CompletableFuture<Answer> change = CompletableFuture.supplyAsync(() ->
                    one.client().postJson("/settings", "{\"key\": \"model_name\", \"value\": \"" + OTHER + "\"}"));
            database.kill();
            int status = change.join().status();
            database.start();

            for (ServiceProcess replica : List.of(one, other)) {
                Following.awaitHealthy(replica);
            }
            boolean stored =
                    database.query("SELECT `key` FROM service_settings").contains("model_name");
            assertThat(status).isEqualTo(stored ? 200 : 503);
            for (ServiceProcess replica : List.of(one, other)) {
                Following.awaitModel(replica, stored ? OTHER : SMALL);
                assertThat(Following.setting(replica, "max_batch_size").intValue())
                        .isEqualTo(5);
            }
        }
    }

    @Test
    void reportsThatTheDatabaseRejectsTheCredentials() {
        database.start();
        try (ServiceProcess service = configured().ready();
                SteadyCaller caller = SteadyCaller.of(service)) {
            database.execute("ALTER USER '" + MariaDb.USER + "'@'127.0.0.1' IDENTIFIED BY 'another'");
            database.stop();
            database.start();

            Following.awaitFault(service, "database_fault", "credentials");

            database.execute("ALTER USER '" + MariaDb.USER + "'@'127.0.0.1' IDENTIFIED BY '" + MariaDb.PASSWORD + "'");

            Following.awaitHealthy(service);
            caller.awaitAnswer();
        }
    }

    /** The file with the last good settings belongs to a port, so the second start is on the first one's. */
    @Test
    void startsWithTheLastGoodSettingsWhileTheDatabaseIsUnreachable() {
        database.start();
        int port;
        try (ServiceProcess service = configured().ready()) {
            store("model_name", OTHER);
            Following.awaitModel(service, OTHER);
            Await.until(
                    PATIENCE,
                    () -> cache.resolve("last-good-" + service.port() + ".json")
                            .toFile()
                            .isFile(),
                    service::output);
            port = service.port();
        }
        database.kill();
        try (ServiceProcess service = configured()
                .with("EMBEDDING_PORT", Integer.toString(port))
                .expectedAt(port)
                .ready()) {
            assertThat(Following.servedModel(service)).isEqualTo(OTHER);
            Following.awaitFault(service, "database_fault", "refused");
        }
    }

    @Test
    void isNotReadyRatherThanServingAnotherModelThanTheOneStored() {
        database.start();
        try (ServiceProcess first = configured().ready()) {
            store("model_name", "nobody/knows-this-model");
            Following.awaitFault(first, "model_fault", "nobody/knows");
        }
        try (ServiceProcess service = configured().live()) {
            Following.awaitHealth(service, health -> health.path("dependencies").has("model_fault"));
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(503);
            service.client().embed("a text").requireError(503);

            store("model_name", OTHER);

            Following.awaitModel(service, OTHER);
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(200);
        }
    }
}
