package dev.embedding.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that nothing is computed for callers that have disconnected. */
@Tag("alone")
class CancellationIT {

    private static final String CANCELLED = "embedding_requests_total{outcome=\"cancelled\"}";
    private static final int TEXTS = 1_000;
    private static final int TOKENS_PER_TEXT = 512;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration STEP = Duration.ofNanos(100_000);
    private static final Duration SOON = Duration.ofSeconds(5);

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure().ready();
    }

    /** Stopping takes long when something is still held for a disconnected caller. */
    @AfterAll
    static void stopsSoon() {
        try (ServiceProcess ending = service) {
            long start = System.nanoTime();
            ending.stop();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @ParameterizedTest(name = "reset: {0}")
    @ValueSource(booleans = {false, true})
    void dropsTheTextsOfADisconnectedClient(boolean reset) throws IOException {
        double cancelledBefore = service.client().meter(CANCELLED);
        double computedBefore = service.client().meter("embedding_tokens_total");
        byte[] body =
                Answer.jsonOf(Map.of("texts", GeneratedTexts.of(TEXTS, 600, 1))).getBytes(StandardCharsets.UTF_8);

        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Length: " + body.length).send(body);
            Await.until(PATIENCE, () -> queued() > 0, () -> "Nothing was queued");
            if (reset) {
                connection.reset();
            }
        }

        Await.until(SOON, () -> queued() == 0, () -> queued() + " tokens still wait");
        assertThat(service.client().embed("a short query").vectors()).hasSize(1);
        double computed = service.client().meter("embedding_tokens_total") - computedBefore;
        assertThat(computed).isLessThan(0.2 * TEXTS * TOKENS_PER_TEXT);
        Await.until(SOON, () -> service.client().meter(CANCELLED) == cancelledBefore + 1, () -> service.client()
                .get("/q/metrics", "Accept", "text/plain")
                .text());
    }

    /** Clients disconnect at every moment between the request's arrival and its response. */
    @Test
    void leavesNoTraceOfClientsThatDisconnectAtOnce() throws IOException {
        String body = Answer.jsonOf(Map.of("texts", GeneratedTexts.of(2, 5, 1)));
        for (int client = 0; client < 300; client++) {
            try (RawConnection connection = service.connect()) {
                connection
                        .sendHead("POST /embed", "Content-Length: " + body.length())
                        .send(body);
                connection.resetAfter(STEP.multipliedBy(client));
            }
        }

        Await.until(SOON, () -> queued() == 0, () -> queued() + " tokens still wait");
        assertThat(service.client().embed("a short query").vectors()).hasSize(1);
        assertThat(service.output().lines()).noneMatch(line -> line.contains(" ERROR "));
    }

    /** While its body is parsed, looked up, tokenized, admitted, or computed. */
    @Test
    void countsAndDropsClientsThatDisconnectAtAnyMoment() throws IOException {
        double cancelledBefore = service.client().meter(CANCELLED);
        double computedBefore = service.client().meter("embedding_tokens_total");
        byte[] body =
                Answer.jsonOf(Map.of("texts", GeneratedTexts.of(TEXTS, 500, 1))).getBytes(StandardCharsets.UTF_8);
        int leaving = 0;

        for (int millis : new int[] {0, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 400}) {
            try (RawConnection connection = service.connect()) {
                connection
                        .sendHead("POST /embed", "Content-Length: " + body.length)
                        .send(body);
                connection.resetAfter(Duration.ofMillis(millis));
            }
            leaving++;
        }

        int gone = leaving;
        Await.until(PATIENCE, () -> service.client().meter(CANCELLED) >= cancelledBefore + gone, () -> service.client()
                .get("/q/metrics", "Accept", "text/plain")
                .text());
        Await.until(SOON, () -> queued() == 0, () -> queued() + " tokens still wait");
        double computed = service.client().meter("embedding_tokens_total") - computedBefore;
        assertThat(computed).isLessThan(0.1 * gone * TEXTS * TOKENS_PER_TEXT);
        assertThat(service.client().meter(CANCELLED)).isEqualTo(cancelledBefore + gone);
    }

    private static double queued() {
        return service.client().meter("embedding_queue_tokens");
    }
}
