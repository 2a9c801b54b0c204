package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the audit log of changes of settings, and the allowed models. */
class AuditIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ADMIN_KEY = "admin";
    private static final String ADMIN_ID = "8c6976e5"; // printf %s admin | sha256sum
    private static final String[] ADMIN = {"X-API-Key", ADMIN_KEY};

    private static ServiceProcess service;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_ADMIN_KEYS", "other," + ADMIN_KEY)
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("EMBEDDING_SETTINGS_POLL_INTERVAL", "1s")
                .with("EMBEDDING_ALLOWED_MODELS", "acme/*,/nowhere/models/*")
                .file("settings.json", "{\"max_batch_size\": \"20\"}")
                .ready();
        client = service.client();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static List<String> auditLines() {
        return service.stdout()
                .lines()
                .filter(line -> line.contains("dev.embedding.audit"))
                .map(line -> line.substring(line.indexOf("Setting ")))
                .toList();
    }

    private static Answer set(String key, String json) {
        return client.postJson("/settings", "{\"key\": \"" + key + "\", \"value\": " + json + "}", ADMIN);
    }

    @Test
    void logsEveryChangeThatCameIntoForceOnce() throws IOException {
        assertThat(auditLines()).isEmpty();

        assertThat(set("max_batch_size", "16").status()).isEqualTo(200);
        assertThat(set("max_batch_size", "16").status()).isEqualTo(200);
        set("max_batch_size", "0").requireError(422);
        String prompt = "a secret of thirty characters: ";
        assertThat(client.postJson(
                                "/settings/bulk",
                                "{\"settings\": {\"query_prompt\": \"" + prompt + "\", \"dimensions\": [64]}}",
                                ADMIN)
                        .status())
                .isEqualTo(200);
        assertThat(client.send("DELETE", "/settings/dimensions", ADMIN).status())
                .isEqualTo(200);
        Files.writeString(
                service.directory().resolve("settings.json"),
                "{\"model_aliases\": \"one,\\u2028two\"}",
                StandardCharsets.UTF_8);
        Await.until(SOON, () -> auditLines().size() >= 7, service::output);

        assertThat(auditLines())
                .containsExactlyInAnyOrder(
                        "Setting max_batch_size changed from '20' to '16' by api, key " + ADMIN_ID,
                        "Setting query_prompt changed from '' to 'a secret of thirty chara…' (31 characters) by api, key "
                                + ADMIN_ID,
                        "Setting dimensions changed from '[]' to '[64]' by api, key " + ADMIN_ID,
                        "Setting dimensions changed from '[64]' to '[]' by api, key " + ADMIN_ID,
                        "Setting max_batch_size changed from '16' to '32' by file",
                        "Setting query_prompt changed from 'a secret of thirty chara…' (31 characters) to '' by file",
                        "Setting model_aliases changed from '[]' to '[\"one\",\"two\"]' by file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"other/model", "/etc", "/nowhere/models/../../etc", "acme/../other", "./acme/x/y"})
    void rejectsModelsThatAreNotAllowedWithoutLookingForThem(String name) {
        Answer refused = set("model_name", "\"" + name + "\"");
        Answer inBulk = client.postJson(
                "/settings/bulk", "{\"settings\": {\"model_name\": \"" + name + "\", \"max_batch_size\": 8}}", ADMIN);

        assertThat(refused.requireFaults()).containsExactly("body.value value_error");
        assertThat(inBulk.requireFaults()).containsExactly("body.settings.model_name value_error");
        assertThat(refused.text()).contains("EMBEDDING_ALLOWED_MODELS");
        assertThat(client.setting("model_name", ADMIN).textValue()).isEqualTo("BAAI/bge-small-en-v1.5");
        assertThat(auditLines()).noneMatch(line -> line.contains("model_name"));
    }

    @Test
    void locatesAllowedModels() {
        assertThat(set("model_name", "\"acme/model\"").requireError(500).toString())
                .contains("previous model stays active");
        assertThat(set("model_name", "\"/nowhere/models/one\"").status()).isEqualTo(500);
        assertThat(set("model_name", "\"BAAI/bge-small-en-v1.5\"").status())
                .as("the environment's own")
                .isEqualTo(200);
    }

    @Test
    void ignoresAStoredModelThatIsNotAllowed() {
        try (ServiceProcess other = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("EMBEDDING_ALLOWED_MODELS", "acme/*")
                .file("settings.json", "{\"model_name\": \"other/model\", \"max_batch_size\": 9}")
                .ready()) {
            assertThat(other.client().get("/health").json().path("dependencies").toString())
                    .contains("EMBEDDING_ALLOWED_MODELS");
            assertThat(other.client().setting("max_batch_size").intValue()).isEqualTo(9);
        }
    }
}
