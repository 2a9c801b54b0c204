package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.MariaDb;
import dev.embedding.fixture.ReferenceVectors;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.it.load.SteadyCaller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models that operators add, change, exchange and remove by SQL, in two replicas. */
class SeveralModelsIT {

    private static final String CLS = model("bert-cls-normalize");
    private static final String MEAN = model("distilbert-mean");
    private static final String BPE = model("roberta-mean-bpe");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern SQL = Pattern.compile("(?s)```sql\n(.*?)```");

    private static Replicas replicas;
    private static MariaDb database;
    private static ServiceProcess service;
    private static ServiceProcess replica;

    @BeforeAll
    static void start() {
        replicas = Replicas.start(CLS);
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
            Following.awaitModel(each, CLS);
            Await.until(PATIENCE, () -> models(each).isEmpty(), () -> models(each) + each.output());
            Following.awaitHealthy(each);
        }
    }

    @Test
    void oneInsertAddsAModelToEveryReplicaAndADeleteRemovesIt() {
        insert("models.small.model_name", MEAN);
        for (ServiceProcess each : replicas.all()) {
            awaitModel(each, "small", MEAN);
            assertThat(each.client()
                            .get("/settings")
                            .json()
                            .at("/settings/models/small/model_name")
                            .asText())
                    .isEqualTo(MEAN);
            Answer named = each.client().postJson("/embed", "{\"texts\": [\"a text\"], \"model\": \"small\"}");
            assertThat(named.json().path("model_name").textValue()).isEqualTo(MEAN);
            JsonNode info = each.client().get("/model/info?model=small").json();
            assertThat(info.path("id").textValue()).isEqualTo("small");
            assertThat(named.header("X-Embedding-Space"))
                    .contains(info.path("fingerprint").textValue());
            assertThat(each.client().get("/q/metrics").text()).contains("model=\"small\"");
        }
        awaitStatus("small", "applied");

        insert("models.small.model_name", BPE);
        replicas.all().forEach(each -> awaitModel(each, "small", BPE));
        database.execute("DELETE FROM service_settings WHERE `key` LIKE 'models.small.%'");
        for (ServiceProcess each : replicas.all()) {
            Await.until(PATIENCE, () -> embeddings(each, "small").status() == 404, each::output);
            assertThat(each.output()).contains("Model small is not served any more");
            assertThat(each.client().get("/q/metrics").text()).doesNotContain("model=\"small\"");
        }
        Await.until(
                PATIENCE, () -> status("small").isEmpty(), () -> status("small").toString());
    }

    @Test
    void aModelThatCannotBeServedHurtsNoOther() {
        insert("models.bad.model_name", "/no/such-model");
        insert("models.worse.precision", "fp9");
        insert("models.worse.model_name", MEAN);
        insert("models.good.model_name", BPE);
        insert("models.good.unknown", "1");

        for (ServiceProcess each : replicas.all()) {
            awaitModel(each, "good", BPE);
            JsonNode health = Following.awaitHealth(
                    each, report -> report.path("dependencies").has("models.bad.model_fault"));
            assertThat(health.path("status").textValue()).isEqualTo("degraded");
            assertThat(health.path("dependencies")
                            .path("models.worse.settings_fault")
                            .textValue())
                    .contains("models.worse.precision must be fp32");
            assertThat(health.path("dependencies")
                            .path("models.bad.model_loaded")
                            .textValue())
                    .isEqualTo("False");
            assertThat(each.client().get("/q/health/ready").status()).isEqualTo(200);
            assertThat(embeddings(each, "bad").status()).isEqualTo(503);
            assertThat(embeddings(each, "bad").text()).contains("The model bad is not loaded");
            assertThat(embeddings(each, "worse").status()).isEqualTo(404);
            assertThat(embeddings(each, "good").status()).isEqualTo(200);
        }
        awaitStatus("bad", "failed");
        awaitStatus("worse", "degraded");
        awaitStatus("good", "applied");
        assertThat(database.query("SELECT DISTINCT state FROM service_settings_status WHERE replica NOT LIKE '%/%'"))
                .containsExactly("degraded");
    }

    /** Runs the statements of the operator's manual. */
    @Test
    void blueAndGreenAreExchangedAsTheManualSaysAndNoRequestFails() throws IOException {
        List<String> manual = statements("## Blue and green vector spaces");
        assertThat(manual).hasSize(4);
        database.execute(manual.get(0));
        replicas.all().forEach(each -> awaitModel(each, "green", MEAN));
        Await.until(
                PATIENCE,
                () -> database.query(manual.get(1)).size() == 2
                        && database.query(manual.get(1)).stream().allMatch(row -> row.contains("applied\t1")),
                () -> database.query(manual.get(1)).toString());
        String blueSpace = spaceOf(service, "default");
        String greenSpace = spaceOf(service, "green");
        List<SteadyCaller> callers = new ArrayList<>();
        for (ServiceProcess each : replicas.all()) {
            callers.add(SteadyCaller.of(each));
            callers.add(SteadyCaller.pinned(each, blueSpace));
            callers.add(SteadyCaller.pinned(each, greenSpace));
        }
        callers.forEach(SteadyCaller::awaitAnswer);
        int loaded = loads();

        database.execute(manual.get(2));
        for (ServiceProcess each : replicas.all()) {
            awaitModel(each, "default", MEAN);
            assertThat(spaceOf(each, "default")).isEqualTo(greenSpace);
            assertThat(spaceOf(each, "blue")).isEqualTo(blueSpace);
            assertThat(embeddings(each, "green").status()).isEqualTo(404);
        }
        assertThat(loads()).as("loaded models").isEqualTo(loaded);
        callers.forEach(SteadyCaller::awaitAnswer);
        callers.forEach(SteadyCaller::close);

        database.execute(manual.get(3));
        for (ServiceProcess each : replicas.all()) {
            Await.until(PATIENCE, () -> embeddings(each, "blue").status() == 404, each::output);
            assertThat(each.client()
                            .embed(List.of("a text"), "X-Embedding-Space", blueSpace)
                            .status())
                    .isEqualTo(412);
            assertThat(each.client()
                            .embed(List.of("a text"), "X-Embedding-Space", greenSpace)
                            .status())
                    .isEqualTo(200);
        }
        awaitStatusOfReplicas("applied");
    }

    /** The model that is swapped has one of two vectors, which its vector space tells. */
    @Test
    void fiftySwapsOfOneModelBesideTwoOthersFailAndMixNothing() {
        insert("models.second.model_name", BPE);
        awaitModel(service, "second", BPE);
        ConcurrentMap<String, String> vectors = new ConcurrentHashMap<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        swapTo(MEAN);
        Thread caller = new Thread(() -> askWhileSwapped(vectors, over, failure), "caller-of-third");
        caller.start();
        try (SteadyCaller ofDefault = SteadyCaller.pinned(service, spaceOf(service, "default"));
                SteadyCaller ofSecond = SteadyCaller.pinned(service, spaceOf(service, "second"))) {
            for (int swap = 0; swap < 50; swap++) {
                swapTo(swap % 2 == 0 ? CLS : MEAN);
            }
            ofDefault.awaitAnswer();
            ofSecond.awaitAnswer();
        } finally {
            over.set(true);
            join(caller);
        }

        assertThat(failure.get()).isNull();
        assertThat(vectors).hasSize(2);
    }

    private static void swapTo(String modelName) {
        Answer answer = service.client()
                .postJson("/settings", "{\"key\": \"models.third.model_name\", \"value\": \"" + modelName + "\"}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private static void askWhileSwapped(
            Map<String, String> vectors, AtomicBoolean over, AtomicReference<@Nullable Throwable> failure) {
        try {
            while (!over.get()) {
                Answer answer = embeddings(service, "third");
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                String vector = answer.json().at("/data/0/embedding").toString();
                String before =
                        vectors.putIfAbsent(answer.header("X-Embedding-Space").orElseThrow(), vector);
                assertThat(vector).isEqualTo(before == null ? vector : before);
            }
        } catch (RuntimeException | Error failed) {
            failure.set(failed);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theApiAddsAndRemovesAModelAndNamesItsFaults() {
        Answer added = service.client()
                .postJson("/settings", "{\"key\": \"models.api.model_name\", \"value\": \"" + MEAN + "\"}");
        assertThat(added.status()).as(added.text()).isEqualTo(200);
        assertThat(added.json().at("/settings/models/api/precision").textValue())
                .isEqualTo("fp32");
        assertThat(added.json().path("supported_keys").toString()).contains("models.<id>.<key>");
        awaitModel(replica, "api", MEAN);

        Answer clash = service.client()
                .postJson("/settings", "{\"key\": \"models.api.model_aliases\", \"value\": \"default\"}");
        assertThat(clash.status()).isEqualTo(422);
        assertThat(clash.text()).contains("must be free of names of other models");
        Answer missing = service.client()
                .postJson("/settings", "{\"key\": \"models.b.model_name\", \"value\": \"/no/such-model\"}");
        assertThat(missing.status()).isEqualTo(500);
        assertThat(missing.text()).contains("Nothing was changed");
        Answer unknown = service.client().postJson("/settings", "{\"key\": \"models.B.model_name\", \"value\": \"x\"}");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text()).contains("models.<id>.<key>");

        assertThat(service.client()
                        .send("DELETE", "/settings/models.api.model_name")
                        .status())
                .isEqualTo(200);
        assertThat(embeddings(service, "api").status()).isEqualTo(404);
        assertThat(database.query("SELECT `key` FROM service_settings")).isEmpty();
    }

    private static void insert(String key, String value) {
        database.execute("REPLACE INTO service_settings (service, `key`, value) VALUES ('embedding-service', '" + key
                + "', '" + value + "')");
    }

    private static JsonNode models(ServiceProcess each) {
        return each.client().get("/settings").json().at("/settings/models");
    }

    private static Answer embeddings(ServiceProcess each, String name) {
        return each.client().postJson("/v1/embeddings", "{\"input\": \"Hello world\", \"model\": \"" + name + "\"}");
    }

    private static String spaceOf(ServiceProcess each, String name) {
        Answer answer = embeddings(each, name);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.header("X-Embedding-Space").orElseThrow();
    }

    private static void awaitModel(ServiceProcess each, String id, String modelName) {
        Await.until(
                PATIENCE,
                () -> {
                    Answer answer = embeddings(each, id);
                    return answer.status() == 200
                            && answer.json().path("model").asText().equals(modelName);
                },
                () -> embeddings(each, id).text() + each.output());
    }

    /** Models that both replicas loaded until now. */
    private static int loads() {
        return (service.output() + replica.output()).split("Embedding Service answers", -1).length - 1;
    }

    private static List<String> status(String id) {
        return database.query("SELECT state FROM service_settings_status WHERE replica LIKE '%/" + id + "'");
    }

    private static void awaitStatus(String id, String state) {
        Await.until(PATIENCE, () -> status(id).equals(List.of(state, state)), () -> status(id)
                .toString());
    }

    private static void awaitStatusOfReplicas(String state) {
        String query = "SELECT state, seen = applied FROM service_settings_status WHERE replica NOT LIKE '%/%'";
        Await.until(
                PATIENCE,
                () -> database.query(query).equals(List.of(state + "\t1", state + "\t1")),
                () -> database.query(query).toString());
    }

    /** The SQL of a section, with the models of this test. */
    private static List<String> statements(String heading) throws IOException {
        String manual = Files.readString(Path.of("docs", "operations.md"), StandardCharsets.UTF_8);
        String section = manual.substring(manual.indexOf("\n" + heading + "\n"));
        Matcher blocks = SQL.matcher(section.substring(0, section.indexOf("\n## ", 3)));
        List<String> statements = new ArrayList<>();
        while (blocks.find()) {
            statements.add(
                    blocks.group(1).replace("/models/all-MiniLM-L6-v2", MEAN).replace("BAAI/bge-small-en-v1.5", CLS));
        }
        return statements;
    }

    private static String model(String name) {
        return ReferenceVectors.MODELS.resolve(name).toString();
    }
}
