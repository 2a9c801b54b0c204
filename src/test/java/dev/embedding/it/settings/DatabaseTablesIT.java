package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks operators' own tables, which store something else than was sent: such a change is rejected, and nothing of it
 * is stored.
 */
@Tag("thorough")
class DatabaseTablesIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PROMPT = "🔎 suche: ";
    private static final String STORED = "SELECT CONCAT(`key`, '=', value) FROM service_settings ORDER BY `key`";

    private static MariaDb database;
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        database = MariaDb.started();
        service = ServiceProcess.configure()
                .with("EMBEDDING_MODEL_NAME", SMALL)
                .with("EMBEDDING_DEVICE", "cpu")
                .with("EMBEDDING_USE_DB_SETTINGS", "true")
                .with("EMBEDDING_DB_URL", database.url())
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
        database.close();
    }

    @AfterEach
    void forgetWhatIsStored() {
        database.execute("DELETE FROM service_settings");
        Following.awaitHealthy(service);
    }

    /** Restarts the server, as a connection keeps the mode that it began with. */
    private static void restartWith(String sqlMode) {
        database.stop();
        Following.awaitFault(service, "database_fault", "refused the connection");
        database.start(List.of("--sql-mode=" + sqlMode));
        Following.awaitHealthy(service);
    }

    private static void table(String valueType, String characterSet) {
        database.execute("""
                CREATE OR REPLACE TABLE service_settings (service VARCHAR(64) NOT NULL, `key` VARCHAR(128) NOT NULL,
                value %s NOT NULL, PRIMARY KEY (service, `key`)) DEFAULT CHARACTER SET %s
                """.formatted(valueType, characterSet));
        Following.awaitSetting(service, "query_prompt", "");
        Following.awaitSetting(service, "max_batch_size", "32");
    }

    private static void requireRejected() {
        requireRejected("/settings", Answer.jsonOf(Map.of("key", "query_prompt", "value", PROMPT)), "body.value");
        requireRejected(
                "/settings/bulk",
                Answer.jsonOf(Map.of("settings", Map.of("max_batch_size", 8, "query_prompt", PROMPT))),
                "body.settings.query_prompt");
        assertThat(database.query(STORED)).isEmpty();
        assertThat(Following.setting(service, "query_prompt").textValue()).isEmpty();
        assertThat(Following.setting(service, "max_batch_size").intValue()).isEqualTo(32);
        assertThat(Following.health(service).path("status").textValue()).isEqualTo("healthy");
    }

    private static void requireRejected(String path, String change, String field) {
        Answer answer = service.client().postJson(path, change);

        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        JsonNode fault = answer.json().path("errors").path(0);
        assertThat(fault.path("field").textValue()).isEqualTo(field);
        assertThat(fault.path("type").textValue()).isEqualTo("value_error");
        assertThat(fault.path("message").textValue()).contains("Nothing was changed", "table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "STRICT_TRANS_TABLES"})
    void rejectsAValueThatTheTableWouldStoreDifferently(String sqlMode) {
        restartWith(sqlMode);

        table("VARCHAR(2048)", "utf8mb3");
        requireRejected();
        table("VARCHAR(2048)", "latin1");
        requireRejected();
        table("VARCHAR(5)", "utf8mb4");
        requireRejected();
        table("CHAR(255)", "utf8mb4");
        requireRejected();
        table("VARCHAR(2048)", "utf8mb4");
        database.execute("CREATE TRIGGER changing BEFORE INSERT ON service_settings FOR EACH ROW"
                + " SET NEW.value = UPPER(NEW.value)");
        requireRejected();
        table("VARCHAR(2048)", "utf8mb4");
        database.execute("ALTER TABLE service_settings ADD CONSTRAINT refusing CHECK (`key` <> 'query_prompt')");
        requireRejected();
    }

    @Test
    void storesValuesThatAnOperatorsTableHolds() {
        for (String type : List.of("TEXT", "VARBINARY(2048)")) {
            table(type, "utf8mb4");
            database.execute("INSERT INTO service_settings VALUES ('embedding-service', 'QUERY_PROMPT', 'of a row')");

            Answer answer = service.client()
                    .postJson("/settings", Answer.jsonOf(Map.of("key", "query_prompt", "value", PROMPT)));

            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(database.query(STORED)).containsExactly("query_prompt=" + PROMPT);
            assertThat(Following.setting(service, "query_prompt").textValue()).isEqualTo(PROMPT);
            Following.awaitHealthy(service);
        }
    }

    @Test
    void reportsInAStatusTableThatHoldsFewerCharacters() {
        restartWith("STRICT_TRANS_TABLES");
        database.execute(
                "ALTER TABLE service_settings_status MODIFY message VARCHAR(300) CHARACTER SET latin1 NOT NULL");
        table("VARCHAR(2048)", "utf8mb4");

        database.execute("INSERT INTO service_settings VALUES ('embedding-service', 'max_batch_size', '🔎')");

        Following.awaitFault(service, "settings_fault", "🔎");
        String message = "SELECT message FROM service_settings_status";
        Await.until(
                PATIENCE,
                () -> database.query(message).stream().anyMatch(text -> text.contains("max_batch_size must be")),
                () -> database.query(message).toString());
        assertThat(Following.health(service).path("dependencies").has("database_fault"))
                .isFalse();
        database.execute("INSERT INTO service_settings VALUES ('embedding-service', 'models.a.model_name', '/🔎')");
        String ofModel = "SELECT state FROM service_settings_status WHERE replica LIKE '%/a'";
        Await.until(PATIENCE, () -> database.query(ofModel).contains("failed"), () -> database.query(ofModel)
                .toString());
    }
}
