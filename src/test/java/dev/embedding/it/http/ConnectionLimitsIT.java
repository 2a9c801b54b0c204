package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests limits against callers that hold connections and memory. */
class ConnectionLimitsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String BODY = "{\"texts\": [\"a\"]}";
    private static final int MANY = 40;

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("JAVA_TOOL_OPTIONS", "-Xmx256m")
                .with("EMBEDDING_HEADER_TIMEOUT", "1s")
                .with("EMBEDDING_IDLE_TIMEOUT", "2s")
                .with("EMBEDDING_BODY_TIMEOUT", "3s")
                .with("EMBEDDING_ANSWER_PAUSE", "2s")
                .with("EMBEDDING_MAX_CONNECTIONS", "100")
                .with("EMBEDDING_MAX_INFLIGHT_BYTES", "16M")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static void requireStillServing() {
        assertThat(service.client().embed("a").vectors()).hasSize(1);
    }

    /** Settings are not stored here, so changes are rejected unread. */
    @Test
    void releasesTheBytesOfRejectedChanges() {
        byte[] body = " ".repeat(5 << 20).getBytes(StandardCharsets.UTF_8);

        for (int change = 0; change < 6; change++) {
            service.client().postJson("/settings", body).requireError(400);
        }

        service.client().postJson("/embed", body).requireError(422);
        service.client().postJson("/embed", body).requireError(422);
    }

    @Test
    void closesAConnectionWhoseHeadersDoNotArrive() throws IOException {
        try (RawConnection silent = service.connect();
                RawConnection slow = service.connect()) {
            slow.send("POST /embed HTTP/1.1\r\nHo");

            assertThat(silent.isClosedByService()).isTrue();
            assertThat(slow.isClosedByService()).isTrue();
        }
        requireStillServing();
    }

    @Test
    void closesAnIdleConnectionButNotOneWithARequestInProgress() throws IOException {
        String work = Answer.jsonOf(Map.of("texts", GeneratedTexts.of(300, 40, 1)));
        try (RawConnection connection = service.connect()) {
            connection
                    .sendHead("POST /embed", "Content-Length: " + work.getBytes(StandardCharsets.UTF_8).length)
                    .send(work);

            assertThat(connection.answer().vectors()).hasSize(300);
            assertThat(connection.isClosedByService()).isTrue();
        }
    }

    private static boolean isReset(RawConnection connection) {
        try {
            connection.send("x");
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void abortsABodyThatTakesTooLongInTotal() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Length: 100");
            connection.sendSlowly("{\"texts\": [", Duration.ofMillis(250));

            connection.answer().requireError(408);
        }
        requireStillServing();
    }

    @Test
    void closesAConnectionThatDoesNotReadItsResponses() throws IOException {
        String thousand = Answer.jsonOf(Map.of("texts", Collections.nCopies(1_000, "a")));
        try (RawConnection connection = service.connect()) {
            for (int request = 0; request < 6; request++) {
                connection
                        .sendHead("POST /embed", "Content-Length: " + thousand.length())
                        .send(thousand);
            }

            Await.until(Duration.ofSeconds(60), () -> isReset(connection), service::output);
        }
        requireStillServing();
    }

    @Test
    void rejectsTooManyLargeBodiesWhileServingOthers() throws IOException {
        List<RawConnection> senders = new ArrayList<>();
        try {
            int refused = 0;
            for (int sender = 0; sender < MANY; sender++) {
                RawConnection connection = service.connect();
                senders.add(connection);
                connection.sendHead("POST /embed", "Expect: 100-continue", "Content-Length: 10000000");
                Answer answer = connection.head();
                assertThat(answer.status()).isIn(100, 429);
                refused += answer.status() == 429 ? 1 : 0;
            }
            assertThat(refused).isGreaterThanOrEqualTo(MANY - 2);
            requireStillServing();
        } finally {
            for (RawConnection sender : senders) {
                sender.close();
            }
        }
        // The claimed bytes are released when the caller disconnects.
        String body = BODY.replace("\"a\"", "\"" + "a ".repeat(4_500_000) + "\"");
        Await.until(PATIENCE, () -> service.client().postJson("/embed", body).status() == 200, service::output);
    }

    @Test
    void closesExcessConnections() throws IOException {
        List<RawConnection> held = new ArrayList<>();
        try {
            for (int connection = 0; connection < 120; connection++) {
                held.add(service.connect());
            }
            assertThat(held.get(119).isClosedByService()).isTrue();
        } finally {
            for (RawConnection connection : held) {
                connection.close();
            }
        }
        Await.until(PATIENCE, () -> service.client().statusOf("/health").isPresent(), service::output);
        requireStillServing();
    }
}
