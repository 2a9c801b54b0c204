package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.load.SteadyCaller;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks settings in a table: operators' edits are followed, and the API changes rows. */
class DatabaseSettingsIT {

    private static final String SMALL =
            ReferenceVectors.MODELS.resolve("bert-cls-normalize").toString();
    private static final String OTHER =
            ReferenceVectors.MODELS.resolve("distilbert-mean").toString();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STORED =
            "SELECT `key`, value FROM service_settings WHERE service = 'embedding-service'" + " ORDER BY `key`";

    private static Replicas replicas;
    private static MariaDb database;
    private static ServiceProcess service;
    private static ServiceProcess replica;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(SMALL);
        database = replicas.database();
        service = replicas.service();
        replica = replicas.replica();
    }

    @AfterAll
    static void stop() {
        replicas.close();
    }

    @BeforeEach
    void deleteStoredSettings() {
        database.execute("DELETE FROM service_settings");
        for (ServiceProcess each : replicas.all()) {
            Following.awaitModel(each, SMALL);
            Following.awaitSetting(each, "max_batch_size", "32");
            Following.awaitSetting(each, "normalize_embeddings", "true");
            Following.awaitHealthy(each);
        }
    }

    @Test
    void createsTheTableOfTheContract() {
        assertThat(
                        database.query(
                                "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_KEY FROM"
                                        + " information_schema.COLUMNS WHERE TABLE_NAME = 'service_settings' ORDER BY ORDINAL_POSITION"))
                .containsExactly(
                        "service\tvarchar(64)\tNO\tPRI", "key\tvarchar(128)\tNO\tPRI", "value\tvarchar(2048)\tNO\t");
    }

    @Test
    void followsRowsEditedByHandOnEveryReplica() {
        JsonNode health = Following.health(service);
        assertThat(health.path("dependencies").path("database").textValue()).isEqualTo("healthy");

        insert("max_batch_size", " 16 ");
        insert("model_name", OTHER);

        for (ServiceProcess each : replicas.all()) {
            Following.awaitModel(each, OTHER);
            Following.awaitSetting(each, "max_batch_size", "16");
            assertThat(each.client().get("/settings").json().path("source").textValue())
                    .isEqualTo("database");
            assertThat(Following.setting(each, "use_db_settings").booleanValue())
                    .isTrue();
        }
    }

    @Test
    void keepsThePromptsOfRowsWithTheirBlanks() {
        insert("query_prompt", " query: ");
        Following.awaitSetting(service, "query_prompt", " query: ");

        Answer answer = service.client().postJson("/settings/bulk", """
                {"settings": {"query_prompt": "", "document_prompt": "passage: "}}""");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("settings").path("query_prompt").textValue())
                .isEmpty();
        assertThat(database.query("SELECT CONCAT('<', value, '>') FROM service_settings ORDER BY `key`"))
                .containsExactly("<passage: >", "<>");
        Following.awaitSetting(replica, "document_prompt", "passage: ");
        Following.awaitSetting(replica, "query_prompt", "");
    }

    @Test
    void followsASpaceThatIsRequiredTogetherWithItsModel() {
        insert("model_name", OTHER);
        Following.awaitModel(service, OTHER);
        String other =
                service.client().get("/model/info").json().path("fingerprint").textValue();
        database.execute("DELETE FROM service_settings");
        Following.awaitModel(service, SMALL);

        insert("required_space", other);
        Following.awaitFault(service, "model_fault", other);
        assertThat(Following.servedModel(service)).isEqualTo(SMALL);
        insert("model_name", OTHER);

        for (ServiceProcess each : replicas.all()) {
            Following.awaitModel(each, OTHER);
            Following.awaitSetting(each, "required_space", other);
            Following.awaitHealthy(each);
        }
    }

    @Test
    void leavesRowsOfOtherServicesAlone() {
        database.execute("INSERT INTO service_settings VALUES ('another-service', 'max_batch_size', '7')");
        insert("max_batch_size", "9");

        Following.awaitSetting(service, "max_batch_size", "9");

        assertThat(service.client().send("DELETE", "/settings/max_batch_size").status())
                .isEqualTo(200);
        assertThat(database.query("SELECT value FROM service_settings WHERE service = 'another-service'"))
                .containsExactly("7");
    }

    @Test
    void storesAChangeOnceItIsInForce() {
        Answer answer = service.client().postJson("/settings", """
                {"key": "model_name", "value": "%s"}""".formatted(OTHER));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(Following.servedModel(service)).isEqualTo(OTHER);
        assertThat(database.query(STORED)).containsExactly("model_name\t" + OTHER);
        Following.awaitModel(replica, OTHER);
    }

    @Test
    void storesNothingOfAChangeThatFails() {
        Answer answer = service.client().postJson("/settings/bulk", """
                {"settings": {"max_batch_size": 8, "model_name": "nobody/knows-this-model"}}""");

        assertThat(answer.status()).as(answer.text()).isEqualTo(500);
        assertThat(answer.json().path("detail").textValue())
                .contains("previous model")
                .contains("nobody/knows");
        assertThat(database.query(STORED)).isEmpty();
        assertThat(Following.setting(service, "max_batch_size").intValue()).isEqualTo(32);
        assertThat(Following.health(service).path("status").textValue()).isEqualTo("healthy");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "normalize_embeddings | perhaps | normalize_embeddings must be",
                "max_batch_size | 1025 | max_batch_size must be",
                "cors_origins | [\"https://a\" | cors_origins must be",
                "port | 80 | port must be",
            })
    void showsABadRowAndFollowsTheOthers(String key, String value, String fault) {
        long before = linesInLog(fault);
        try (SteadyCaller caller = SteadyCaller.of(service)) {
            insert(key, value);
            insert("device", "auto");

            Following.awaitFault(service, "settings_fault", fault);
            Following.awaitSetting(service, "device", "auto");
            assertThat(service.client().meter("embedding_settings_errors")).isEqualTo(1);

            database.execute("DELETE FROM service_settings WHERE `key` = '" + key + "'");

            Following.awaitHealthy(service);
            caller.awaitAnswer();
        }
        assertThat(linesInLog(fault)).as("lines in the log").isEqualTo(before + 1);
    }

    @Test
    void ignoresARowThatIsNoSettingWithOneWarning() {
        String warning = "'an_unknown_key' is no setting; its row is ignored";
        long before = linesInLog(warning);

        insert("an_unknown_key", "1");
        insert("device", "auto");
        Following.awaitSetting(service, "device", "auto");
        insert("max_batch_size", "5");
        Following.awaitSetting(service, "max_batch_size", "5");

        assertThat(linesInLog(warning)).as("lines in the log").isEqualTo(before + 1);
        assertThat(Following.health(service).path("status").textValue()).isEqualTo("healthy");
        String status = "SELECT state FROM service_settings_status WHERE message = \"" + warning + "\"";
        Await.until(PATIENCE, () -> database.query(status).equals(List.of("applied", "applied")), () -> database.query(
                        "SELECT state, message FROM service_settings_status")
                .toString());
    }

    @Test
    void keepsServingWhenAStoredModelCannotBeLoaded() {
        try (SteadyCaller caller = SteadyCaller.of(service)) {
            insert("model_name", "x".repeat(2048));
            insert("max_batch_size", "5");

            Following.awaitFault(service, "model_fault", "xxx");
            Following.awaitSetting(service, "max_batch_size", "5");
            assertThat(Following.servedModel(service)).isEqualTo(SMALL);

            Answer change = service.client().postJson("/settings", """
                    {"key": "max_batch_size", "value": 6}""");
            assertThat(change.status()).as(change.text()).isEqualTo(200);
            assertThat(Following.setting(service, "max_batch_size").intValue()).isEqualTo(6);
            assertThat(Following.health(service).path("status").textValue()).isEqualTo("degraded");
            caller.awaitAnswer();
        }
    }

    @Test
    void acceptsANullWhereAnotherSchemaAllowsIt() {
        database.execute("ALTER TABLE service_settings MODIFY value VARCHAR(2048) NULL");
        try {
            database.execute("INSERT INTO service_settings VALUES ('embedding-service', 'max_batch_size', NULL)");

            Following.awaitFault(service, "settings_fault", "NULL");
        } finally {
            database.execute("DELETE FROM service_settings");
            database.execute("ALTER TABLE service_settings MODIFY value VARCHAR(2048) NOT NULL");
        }
    }

    @Test
    void loadsOnlyTheLastOfManyEdits() {
        double before = reloads();
        StringBuilder edits = new StringBuilder();
        for (int edit = 0; edit < 100; edit++) {
            edits.append("REPLACE INTO service_settings VALUES ('embedding-service', 'model_name', 'edit-")
                    .append(edit)
                    .append("');");
        }
        edits.append("REPLACE INTO service_settings VALUES ('embedding-service', 'model_name', '")
                .append(OTHER)
                .append("')");

        database.execute(edits.toString());

        Following.awaitModel(service, OTHER);
        assertThat(reloads() - before).as("reload attempts").isLessThanOrEqualTo(2);
    }

    @Test
    void endsInTheSameStateOnBothReplicasAfterContradictingEdits() {
        insert("model_name", OTHER);
        database.execute("UPDATE service_settings SET value = '" + SMALL + "' WHERE `key` = 'model_name'");
        insert("max_batch_size", "3");

        for (ServiceProcess each : replicas.all()) {
            Following.awaitSetting(each, "max_batch_size", "3");
            Following.awaitModel(each, SMALL);
        }
    }

    @Test
    void recreatesATableThatWasDropped() {
        insert("max_batch_size", "11");
        Following.awaitSetting(service, "max_batch_size", "11");
        try (SteadyCaller caller = SteadyCaller.of(service)) {
            database.execute("DROP TABLE service_settings");

            Following.awaitSetting(service, "max_batch_size", "32");
            assertThat(service.client()
                            .postJson("/settings", "{\"key\": \"max_batch_size\", \"value\": \"12\"}")
                            .status())
                    .isEqualTo(200);
            caller.awaitAnswer();
        }
        assertThat(database.query(STORED)).containsExactly("max_batch_size\t12");
    }

    @Test
    void writesTheStatusOfEachReplica() {
        insert("max_batch_size", "many");
        Following.awaitFault(service, "settings_fault", "max_batch_size");

        String mine = "SELECT state, message, seen = applied, seen REGEXP '^[0-9a-f]{64}$',"
                + " ABS(TIMESTAMPDIFF(SECOND, updated_at, UTC_TIMESTAMP())) < 60"
                + " FROM service_settings_status WHERE replica = '127.0.0.1:" + service.port() + "'";
        Await.until(
                PATIENCE,
                () -> database.query(mine).stream().anyMatch(row -> row.startsWith("degraded\tmax_batch_size must")),
                () -> database.query(mine).toString());
        assertThat(database.query(mine).get(0)).endsWith("\t0\t1\t1");

        database.execute("UPDATE service_settings SET value = '20' WHERE `key` = 'max_batch_size'");

        Await.until(
                PATIENCE, () -> database.query(mine).equals(List.of("applied\t\t1\t1\t1")), () -> database.query(mine)
                        .toString());
    }

    private static long linesInLog(String text) {
        return service.output().lines().filter(line -> line.contains(text)).count();
    }

    private static double reloads() {
        return service.client().get("/metrics").json().path("model_reloads").doubleValue();
    }

    private static void insert(String key, String value) {
        database.execute("REPLACE INTO service_settings VALUES ('embedding-service', '" + key + "', '"
                + value.replace("'", "''") + "')");
    }
}
