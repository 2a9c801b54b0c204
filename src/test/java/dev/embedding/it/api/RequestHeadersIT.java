package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the service's own request and response headers. */
@ExtendWith(SharedService.class)
class RequestHeadersIT {

    private static final String BODY = "{\"texts\": [\"a\"]}";
    private static final String GENERATED_ID = "[0-9a-f]{8}";

    private final ServiceProcess service;
    private final ServiceClient client;

    RequestHeadersIT(ServiceProcess service) {
        this.service = service;
        this.client = service.client();
    }

    @Test
    void assignsAUniqueIdToEveryExchange() {
        Answer first = client.embed("a");
        Answer second = client.embed("a");

        assertThat(first.json().path("request_id").textValue())
                .matches(GENERATED_ID)
                .isEqualTo(first.header("X-Request-ID").orElseThrow())
                .isNotEqualTo(second.json().path("request_id").textValue());
        for (String path : List.of("/", "/health", "/metrics", "/q/metrics", "/q/health/live", "/docs", "/nothing")) {
            assertThat(client.get(path).header("X-Request-ID").orElseThrow()).matches(GENERATED_ID);
        }
    }

    @Test
    void usesTheCallersId() {
        for (String id : List.of("a", "Az09._:-", "x".repeat(128))) {
            Answer answer = client.embed(List.of("a"), "X-Request-ID", id);

            assertThat(answer.header("X-Request-ID")).contains(id);
            assertThat(answer.json().path("request_id").textValue()).isEqualTo(id);
        }
        assertThat(client.postJson("/embed", "{}", "X-Request-ID", "my-id")
                        .requireError(422)
                        .path("request_id")
                        .textValue())
                .isEqualTo("my-id");
    }

    @Test
    void replacesAnUnsafeId() throws IOException {
        for (String id : List.of("x".repeat(129), "a b", "a/b", "<b>", "a\"b", "a,b", "é", "")) {
            try (RawConnection connection = service.connect()) {
                Answer answer = connection
                        .sendHead("POST /embed", "X-Request-ID: " + id, "Content-Length: " + BODY.length())
                        .send(BODY)
                        .answer();

                assertThat(answer.header("X-Request-ID").orElseThrow()).matches(GENERATED_ID);
                assertThat(answer.json().path("request_id").textValue()).matches(GENERATED_ID);
            }
        }
    }

    @Test
    void servesOnlyTheVectorSpaceThatIsPinned() {
        String served = client.get("/model/info").json().path("fingerprint").textValue();

        Answer answer = client.embed(List.of("a"), "X-Embedding-Space", served);

        assertThat(answer.vectors()).hasSize(1);
        assertThat(answer.header("X-Embedding-Space")).contains(served);
        assertThat(client.post("/embed/single?text=a").header("X-Embedding-Space"))
                .contains(served);
        assertThat(client.embed(List.of("a"), "X-Embedding-Space", "another")
                        .requireError(412)
                        .path("detail")
                        .textValue())
                .contains(served);
        client.postJson("/embed/single", "\"a\"", "X-Embedding-Space", served + "0")
                .requireError(412);
    }

    @Test
    void namesTheVectorSpaceInEveryResponse() {
        String served = client.get("/model/info").json().path("fingerprint").textValue();

        for (Answer answer : List.of(
                client.get("/health"),
                client.get("/nothing"),
                client.get("/embed"),
                client.postJson("/embed", "{}"),
                client.embed(List.of("a"), "X-Embedding-Space", "another"))) {
            assertThat(answer.headers().allValues("X-Embedding-Space")).containsExactly(served);
        }
    }

    @Test
    void reportsServerTiming() {
        String timing = client.embed("a").header("Server-Timing").orElseThrow();

        assertThat(timing).matches("([a-z]+;dur=[0-9.]+(, )?)+").contains("total;dur=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "600001", "1.5", "1s", "never", "9999999999999999999"})
    void rejectsATimeoutOutsideItsRange(String timeout) {
        assertThat(client.embed(List.of("a"), "X-Request-Timeout-Ms", timeout).requireFaults())
                .hasSize(1)
                .allMatch(fault -> fault.toLowerCase(Locale.ROOT).contains("x-request-timeout-ms"));
    }

    @Test
    void acceptsATimeoutWithinItsRange() {
        for (String timeout : List.of("600000", "60000")) {
            assertThat(client.embed(List.of("a"), "X-Request-Timeout-Ms", timeout)
                            .vectors())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"interactive", "batch"})
    void acceptsEitherPriority(String priority) {
        assertThat(client.embed(List.of("a"), "X-Priority", priority).vectors()).hasSize(1);
        assertThat(client.postJson("/embed/single", "\"a\"", "X-Priority", priority)
                        .vector())
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"high", "BATCH", "interactive, batch", "0"})
    void rejectsAnyOtherPriority(String priority) {
        assertThat(client.embed(List.of("a"), "X-Priority", priority).requireFaults())
                .hasSize(1)
                .allMatch(fault -> fault.toLowerCase(Locale.ROOT).contains("x-priority"));
    }

    @Test
    void reportsTheWaitAndTheQueueOfALateRequest() {
        String detail = client.embed(GeneratedTexts.of(1_000, 400, 2), "X-Request-Timeout-Ms", "300")
                .requireError(504)
                .path("detail")
                .textValue();

        assertThat(detail)
                .contains("within its 300 ms")
                .containsPattern("waited \\d+ ms")
                .containsPattern("\\d+ tokens");
    }

    @Test
    void abortsWhenTheDeadlineExpires() {
        List<String> texts = GeneratedTexts.of(1_000, 400, 2);

        client.embed(texts, "X-Request-Timeout-Ms", "1").requireError(504);
        client.embed(texts, "X-Request-Timeout-Ms", "300").requireError(504);

        assertThat(client.embed(List.of("a"), "X-Request-Timeout-Ms", "10000").vectors())
                .hasSize(1);
    }

    /** The timeout starts with the headers: it includes parsing and the arrival of the body. */
    @Test
    void countsTheTimeBeforeTheBodyArrives() throws IOException {
        byte[] zeros = ("{\"texts\": [" + "0,".repeat(10_000_000) + "0]}").getBytes(StandardCharsets.UTF_8);

        client.postJson("/embed", zeros, "X-Request-Timeout-Ms", "20").requireError(504);

        try (RawConnection connection = service.connect()) {
            connection
                    .sendHead("POST /embed", "Content-Length: 1000", "X-Request-Timeout-Ms: 100")
                    .send("{\"texts\": [");
            assertThat(connection.answer().requireError(504).path("detail").textValue())
                    .contains("within its 100 ms");
            assertThat(connection.isClosedByService()).isTrue();
        }
    }
}
