package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which web pages and other callers may change settings without a key. */
class ChangeOriginsIT {

    private static final String CHANGE = "{\"key\": \"max_batch_size\", \"value\": 17}";
    private static final String JSON = "Content-Type: application/json";

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_SETTINGS_FILE", "settings.json")
                .with("CORS_ORIGINS", "https://listed.example, null")
                .with("EMBEDDING_ALLOWED_HOSTS", "embedding.internal, Other.internal:9000, [2001:db8::1]")
                .file("settings.json", "{}")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void reset() {
        service.client().send("DELETE", "/settings/max_batch_size");
    }

    private static int batchSize() {
        return service.client().setting("max_batch_size").intValue();
    }

    private static Answer post(String host, String... headers) throws IOException {
        try (RawConnection connection = service.connect()) {
            String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            return connection
                    .send("POST /settings HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: " + CHANGE.length() + "\r\n"
                            + lines + "\r\n" + CHANGE)
                    .answer();
        }
    }

    private static void requireRejected(Answer answer, int status) {
        answer.requireError(status);
        assertThat(batchSize()).isEqualTo(32);
    }

    private static void requireChanged(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(batchSize()).isEqualTo(17);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-None: a",
                "Content-Type: text/plain",
                "Content-Type: text/plain; charset=application/json",
                "Content-Type: application/x-www-form-urlencoded",
                "Content-Type: multipart/form-data; boundary=a",
                "Content-Type:",
                "Content-Type: application/json\r\nContent-Type: text/plain",
                "Content-Type: application/json, text/plain"
            })
    void requiresAMediaTypeThatNeedsAPreflight(String header) throws IOException {
        requireRejected(post("service", header), 415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: application/json",
                "content-type: Application/JSON; charset=utf-8",
                "Content-Type: application/merge-patch+json"
            })
    void acceptsJsonOfCallersThatAreNotBrowsers(String header) throws IOException {
        requireChanged(post("service", header));
    }

    @ParameterizedTest
    @CsvSource({
        "service, https://evil.example",
        "service, null",
        "service, ''",
        "service, *",
        "service, http://service",
        "evil.example:8001, http://evil.example:8001",
        "evil.example, http://evil.example",
        "127.0.0.1.evil.example, http://127.0.0.1.evil.example",
        "localhost.evil.example, http://localhost.evil.example",
        "localhost:8001, http://localhost",
        "localhost:8001, http://localhost:8002",
        "localhost:8001, http://127.0.0.1:8001",
        "127.0.0.1:8001, http://127.0.0.1:9000",
        "127.0.0.1:8001, 'http://127.0.0.1:8001, https://evil.example'",
        "127.0.0.1:8001, http://evil@127.0.0.1:8001",
        "127.0.0.1:8001, chrome-extension://127.0.0.1:8001",
        "service, https://listed.example:444",
        "service, https://listed.example.evil.example",
        "service, http://listed.example",
        "service, http://other.internal",
        "service, http://sub.embedding.internal",
        "service, http://[2001:db8::2]"
    })
    void rejectsPagesOfForeignOrigins(String host, String origin) throws IOException {
        requireRejected(post(host, JSON, "Origin: " + origin), 403);
        Answer deletion = service.client().send("DELETE", "/settings/max_batch_size", "Origin", origin);
        assertThat(deletion.status()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "service, https://listed.example",
        "service, http://embedding.internal",
        "service, https://EMBEDDING.internal:8443",
        "service, http://other.internal:9000",
        "service, http://[2001:db8::1]:8001",
        "localhost:8001, http://localhost:8001",
        "localhost, http://localhost",
        "localhost:80, http://localhost",
        "10.1.2.3, https://10.1.2.3",
        "127.0.0.1:8001, http://127.0.0.1:8001",
        "[::1]:8001, http://[::1]:8001"
    })
    void acceptsChangesOfItsOwnAndOfListedPages(String host, String origin) throws IOException {
        requireChanged(post(host, JSON, "Origin: " + origin, "Sec-Fetch-Site: same-origin"));
    }

    @Test
    void rejectsCrossSiteRequests() throws IOException {
        requireRejected(post("service", JSON, "Sec-Fetch-Site: cross-site"), 403);
        requireRejected(
                post("localhost:8001", JSON, "Origin: http://localhost:8001", "Sec-Fetch-Site: cross-site"), 403);
        requireRejected(post("service", JSON, "Origin: http://embedding.internal", "Sec-Fetch-Site: Cross-Site"), 403);
        requireChanged(post("service", JSON, "Origin: https://listed.example", "Sec-Fetch-Site: cross-site"));
    }

    @Test
    void rejectsSeveralOrigins() throws IOException {
        requireRejected(post("localhost:1", JSON, "Origin: http://localhost:1", "Origin: https://evil.example"), 403);
    }

    @Test
    void embedsForEveryOrigin() {
        assertThat(service.client()
                        .embed(List.of("a"), "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
                        .vectors())
                .hasSize(1);
    }

    @Test
    void appliesWhereEveryOriginMayRead() throws IOException {
        requireChanged(service.client().postJson("/settings", "{\"key\": \"cors_origins\", \"value\": \"*\"}"), 32);
        requireRejected(post("service", JSON, "Origin: https://evil.example"), 403);
        requireRejected(post("service", JSON, "Origin: *"), 403);
        service.client().send("DELETE", "/settings/cors_origins");
    }

    private static void requireChanged(Answer answer, int batchSize) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(batchSize()).isEqualTo(batchSize);
    }
}
