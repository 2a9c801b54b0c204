package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests access control with keys. */
class AccessIT {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String EMBEDDING_KEY = "embedding-key-1";
    private static final String ADMIN_KEY = "admin/key+2=";
    private static final String CHANGE = "{\"key\": \"max_batch_size\", \"value\": 16}";

    private static ServiceProcess service;
    private static ServiceClient client;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_API_KEYS", "another-key, " + EMBEDDING_KEY)
                .with("EMBEDDING_ADMIN_KEYS", ADMIN_KEY)
                .with("EMBEDDING_API_KEYS_FILE", "keys/api")
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .file("settings.json", "{}")
                .ready();
        client = service.client();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static String[] bearer(String key) {
        return new String[] {"Authorization", "Bearer " + key};
    }

    private static String[] apiKey(String key) {
        return new String[] {"X-API-Key", key};
    }

    @Test
    void acceptsAKeyInEitherHeader() {
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"]}", bearer(EMBEDDING_KEY))
                        .vectors())
                .hasSize(1);
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"]}", "Authorization", "bearer " + EMBEDDING_KEY)
                        .vectors())
                .hasSize(1);
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"]}", apiKey("another-key"))
                        .vectors())
                .hasSize(1);
        assertThat(client.postJson(
                                "/embed",
                                "{\"texts\": [\"a\"]}",
                                "Authorization",
                                "Basic b3RoZXI6",
                                "X-API-Key",
                                EMBEDDING_KEY)
                        .vectors())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "embedding-key", "embedding-key-12", "EMBEDDING-KEY-1", "another-key, embedding-key-1", "é"})
    void rejectsAnUnknownKey(String key) {
        Answer answer = client.postJson("/embed", "{\"texts\": [\"a\"]}", apiKey(key));

        assertThat(answer.requireError(401).toString()).doesNotContain(EMBEDDING_KEY);
        assertThat(answer.header("WWW-Authenticate")).hasValue("Bearer");
        if (!key.isEmpty()) {
            assertThat(answer.text()).doesNotContain(key + "\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /embed",
        "POST, /embed/single?text=a",
        "GET, /model/info",
        "GET, /metrics",
        "GET, /q/metrics",
        "GET, /settings",
        "POST, /settings",
        "POST, /settings/bulk",
        "DELETE, /settings/max_batch_size",
        "GET, /nowhere"
    })
    void requiresAKeyFor(String method, String path) {
        Answer answer = client.send(method, path);

        answer.requireError(401);
        assertThat(answer.header("WWW-Authenticate")).hasValue("Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docs/../embed", "/health/../embed", "//embed", "/%65mbed", "/embed/"})
    void requiresAKeyForAnySpellingOfThePath(String path) throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST " + path, "Content-Type: application/json", "Content-Length: 0");

            connection.answer().requireError(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/docs/",
                "/openapi.json",
                "/health",
                "/q/health/started",
                "/q/health/ready",
                "/q/health/live"
            })
    void requiresNoKeyFor(String path) {
        assertThat(client.get(path).status()).isEqualTo(200);
    }

    @Test
    void requiresNoKeyForPreflights() {
        assertThat(client.send("OPTIONS", "/embed").status()).isLessThan(400);
    }

    @Test
    void showsSettingsToAnyKeyAndLetsAdminsChangeThem() {
        assertThat(client.get("/settings", bearer(EMBEDDING_KEY)).status()).isEqualTo(200);
        client.postJson("/settings", CHANGE, bearer(EMBEDDING_KEY)).requireError(403);
        client.postJson("/settings/bulk", "{\"settings\": {}}", bearer(EMBEDDING_KEY))
                .requireError(403);
        client.postJson("/settings", CHANGE).requireError(401);

        Answer changed = client.postJson("/settings", CHANGE, apiKey(ADMIN_KEY));

        assertThat(changed.status()).as(changed.text()).isEqualTo(200);
        assertThat(client.postJson("/embed", "{\"texts\": [\"a\"]}", bearer(ADMIN_KEY))
                        .vectors())
                .hasSize(1);
    }

    @Test
    void rejectsBeforeTheBodyIsSent() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Type: application/json", "Content-Length: 1000000");

            connection.answer().requireError(401);
        }
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Expect: 100-continue", "Content-Length: 1000000");

            connection.answer().requireError(401);
        }
    }

    @Test
    void reloadsAFileAndKeepsItsKeysWhileItIsMissingOrEmpty() throws IOException {
        String[] first = bearer("first-of-the-file");
        String[] second = bearer("second-of-the-file");
        Path file = Files.createDirectories(service.directory().resolve("keys")).resolve("api");
        client.get("/settings", first).requireError(401);
        refuseATooLargeBody();

        replace(file, "first-of-the-file\n");
        awaitStatus(first, 200);
        replace(file, "second-of-the-file,third\n");
        awaitStatus(second, 200);

        client.get("/settings", first).requireError(401);
        Files.writeString(file, "");
        awaitLog("has no key");
        assertThat(client.get("/settings", second).status()).isEqualTo(200);
        client.get("/settings").requireError(401);
        Files.delete(file);
        awaitLog("cannot be read; the 2 keys");
        assertThat(client.get("/settings", second).status()).isEqualTo(200);
        client.get("/settings").requireError(401);
        assertThat(service.output()).doesNotContain("of-the-file").doesNotContain(EMBEDDING_KEY, ADMIN_KEY);
    }

    /** Rejects a body before it is read, so without anything to wait for; this once ended the reloading of files. */
    private static void refuseATooLargeBody() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection
                    .sendHead("POST /embed", "Content-Length: 99999999", "X-API-Key: " + EMBEDDING_KEY)
                    .answer()
                    .requireError(413);
        }
    }

    private static void replace(Path file, String content) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next"), content, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitStatus(String[] key, int status) {
        Await.until(SOON, () -> client.get("/settings", key).status() == status, service::output);
    }

    private static void awaitLog(String line) {
        Await.until(SOON, () -> service.output().contains(line), service::output);
    }

    @Test
    void ignoresCommentsInKeyFiles() {
        String keys = "# keys of team a\nreal-key\n";
        try (ServiceProcess commented = ServiceProcess.configure()
                        .with("EMBEDDING_ADMIN_KEYS_FILE", "keys")
                        .file("keys", keys)
                        .ready();
                ServiceProcess malformed = ServiceProcess.configure()
                        .with("EMBEDDING_API_KEYS_FILE", "keys")
                        .file("keys", "real-key # of team a\n")
                        .ready()) {
            for (String word : List.of("#", "keys", "of", "team", "a", "# keys of team a")) {
                commented.client().get("/settings", apiKey(word)).requireError(401);
                malformed.client().get("/settings", apiKey(word)).requireError(401);
            }
            assertThat(commented.client().get("/settings", apiKey("real-key")).status())
                    .isEqualTo(200);
            malformed.client().get("/settings", apiKey("real-key")).requireError(401);
            assertThat(malformed.output()).contains("is not followed: line 1").doesNotContain("real-key");
        }
    }

    @Test
    void requiresAKeyToWriteWhereReadingIsOpen() {
        for (String path : List.of("/", "/health", "/docs", "/openapi.json", "/q/health/ready")) {
            client.send("POST", path).requireError(401);
        }
    }

    @Test
    void warnsWhenSettingsCanBeChangedWithoutAKey() {
        try (ServiceProcess open = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .file("settings.json", "{}")
                .ready()) {
            assertThat(open.output()).contains("EMBEDDING_ADMIN_KEYS");
            assertThat(open.client().postJson("/settings", CHANGE).status()).isEqualTo(200);
        }
        assertThat(service.output()).doesNotContain("Settings can be changed by every caller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " , ", "geheim $x", "gehe im", "#geheim", "a,# geheim"})
    void doesNotStartWithInvalidKeys(String keys) {
        try (ServiceProcess process =
                ServiceProcess.configure().with("EMBEDDING_API_KEYS", keys).launch()) {
            assertThat(process.exitCode()).isEqualTo(1);
            assertThat(process.stderr().lines())
                    .singleElement()
                    .asString()
                    .startsWith("EMBEDDING_API_KEYS must be one or more keys")
                    .doesNotContain("gehe");
        }
    }
}
