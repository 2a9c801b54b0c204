package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests which requests are accepted and which are rejected under overload. */
@Tag("alone")
class OverloadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SATURATED = "embedding_requests_total{outcome=\"saturated\"}";
    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_MAX_QUEUE_WAIT", "100ms")
                .with("EMBEDDING_MAX_BATCH_WAIT", "1s")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void rejectsABatchRequestBehindAnotherButNoInteractiveRequest() {
        CompletableFuture<Answer> ingest =
                service.client().embedLater(GeneratedTexts.of(400, 400, 3), "X-Request-Timeout-Ms", "60000");
        Await.until(PATIENCE, () -> service.client().meter("embedding_queue_tokens") > 20_000, () -> "No ingest waits");

        Answer refused = service.client().embed(GeneratedTexts.of(400, 5, 4));
        Answer query = service.client().embed("a short query");

        assertThat(refused.requireError(429).path("detail").textValue()).contains("would wait");
        long seconds = Long.parseLong(refused.header("Retry-After").orElseThrow());
        long millis = Long.parseLong(refused.header("retry-after-ms").orElseThrow());
        assertThat(seconds).isPositive().isEqualTo((millis + 999) / 1_000);
        assertThat(query.vectors()).hasSize(1);
        assertThat(ingest).isNotDone();
        ingest.cancel(true);
        Await.until(
                PATIENCE, () -> service.client().meter("embedding_queue_tokens") == 0, () -> "The ingest waits still");
    }

    @Test
    void rejectsRequestsThatWouldWaitTooLongAndServesTheOthers() throws Exception {
        List<CompletableFuture<Answer>> calls = new ArrayList<>();
        for (int call = 0; call < 100; call++) {
            calls.add(service.client().embedLater(GeneratedTexts.of(1, 400, call), "X-Priority", "interactive"));
        }

        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<Answer> call : calls) {
            statuses.add(call.get().status());
        }

        assertThat(statuses).containsOnly(200, 429).contains(200, 429);
        assertThat(service.client().embed("afterwards").vectors()).hasSize(1);
    }

    /** The body is not JSON, which would be a 422 if it were parsed. */
    @Test
    void rejectsWithoutParsingWhileBothClassesAreFull() throws IOException {
        CompletableFuture<Answer> ingest =
                service.client().embedLater(GeneratedTexts.of(400, 400, 3), "X-Request-Timeout-Ms", "60000");
        Await.until(PATIENCE, () -> service.client().meter("embedding_queue_tokens") > 20_000, () -> "No ingest waits");
        List<CompletableFuture<Answer>> queries = new ArrayList<>();
        for (int query = 0; query < 40; query++) {
            queries.add(service.client()
                    .embedLater(
                            GeneratedTexts.of(8, 400, 100 + query),
                            "X-Priority",
                            "interactive",
                            "X-Request-Timeout-Ms",
                            "60000"));
        }
        double refusedBefore = service.client().meter(SATURATED);
        String noJson = "{\"texts\": ";

        try (RawConnection connection = service.connect()) {
            Answer refused = responseTo(connection, noJson);
            for (int attempt = 0; attempt < 200 && refused.status() != 429; attempt++) {
                assertThat(refused.status()).isEqualTo(422);
                refused = responseTo(connection, noJson);
            }

            assertThat(refused.requireError(429).path("detail").textValue()).contains("would wait");
            assertThat(refused.header("Retry-After")).isPresent();
            assertThat(refused.header("Connection")).isEmpty();
            assertThat(service.client().meter(SATURATED)).isGreaterThan(refusedBefore);
            assertThat(service.client().get("/q/health/ready").status()).isEqualTo(200);
        }
        ingest.cancel(true);
        queries.forEach(query -> query.cancel(true));
        Await.until(PATIENCE, () -> service.client().meter("embedding_queue_tokens") == 0, () -> "Some wait still");
    }

    private static Answer responseTo(RawConnection connection, String body) throws IOException {
        return connection
                .sendHead("POST /embed", "Content-Length: " + body.length())
                .send(body)
                .answer();
    }
}
