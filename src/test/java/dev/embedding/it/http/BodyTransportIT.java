package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.Gzip;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests bodies that are too large, chunked, compressed, slow or missing. */
class BodyTransportIT {

    private static final int LIMIT = 1 << 20;
    private static final String BODY = "{\"texts\": [\"a\", \"b\"]}";
    private static final String CLOSE = "Connection: close";

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("EMBEDDING_MAX_BODY_SIZE", "1M")
                .with("EMBEDDING_BODY_PAUSE", "1s")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static byte[] bodyOf(int bytes) {
        String start = "{\"texts\": [\"a\"], \"padding\": \"";
        String end = "\"}";
        return (start + "x".repeat(bytes - start.length() - end.length()) + end).getBytes(StandardCharsets.UTF_8);
    }

    private static void requireStillServing() {
        assertThat(service.client().embed("a").vectors()).hasSize(1);
    }

    @Test
    void acceptsABodyOfExactlyTheLimit() {
        assertThat(service.client().postJson("/embed", bodyOf(LIMIT)).vectors()).hasSize(1);
    }

    @Test
    void rejectsALargerBody() {
        service.client().postJson("/embed", bodyOf(LIMIT + 1)).requireError(413);
        service.client().postJson("/embed/single", bodyOf(10 * LIMIT)).requireError(413);
        service.client().postJson("/settings", bodyOf(LIMIT + 1)).requireError(413);
        requireStillServing();
    }

    @Test
    void rejectsADeclaredLengthBeforeTheBodyIsSent() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Type: application/json", "Content-Length: 999999999999");

            connection.answer().requireError(413);
            assertThat(connection.isClosedByService()).isTrue();
        }
    }

    @Test
    void rejectsADeclaredLengthInsteadOfContinuing() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Expect: 100-continue", "Content-Length: " + 2 * LIMIT);

            connection.answer().requireError(413);
        }
    }

    @Test
    void sendsContinueToAClientThatExpectsIt() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Expect: 100-continue", "Content-Length: " + BODY.length());

            assertThat(connection.head().status()).isEqualTo(100);
            assertThat(connection.send(BODY).answer().vectors()).hasSize(2);
        }
    }

    @Test
    void rejectsAChunkedBodyOnceItIsTooLarge() throws IOException {
        byte[] chunk = new byte[LIMIT / 8];
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Transfer-Encoding: chunked");
            for (int sent = 0; sent < 9; sent++) {
                connection.sendChunk(chunk);
            }

            connection.answer().requireError(413);
        }
        requireStillServing();
    }

    private static byte[] deflate(byte[] content, boolean bare) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, bare);
        deflater.setInput(content);
        deflater.finish();
        byte[] bytes = new byte[content.length + 100];
        int length = deflater.deflate(bytes);
        deflater.end();
        return Arrays.copyOf(bytes, length);
    }

    private static Answer embed(byte[] body, String coding) {
        return service.client().postJson("/embed", body, "Content-Encoding", coding);
    }

    @Test
    void decodesCompressedBodies() throws IOException {
        byte[] body = BODY.getBytes(StandardCharsets.UTF_8);
        byte[] twoMembers = concat(Gzip.of(Arrays.copyOf(body, 7)), Gzip.of(Arrays.copyOfRange(body, 7, body.length)));

        assertThat(embed(Gzip.of(body), "gzip").vectors()).hasSize(2);
        assertThat(embed(Gzip.of(body), "X-GZip").vectors()).hasSize(2);
        assertThat(embed(Gzip.of(body), "identity, gzip").vectors()).hasSize(2);
        assertThat(embed(twoMembers, "gzip").vectors()).hasSize(2);
        assertThat(embed(deflate(body, false), "deflate").vectors()).hasSize(2);
        assertThat(embed(deflate(body, true), "deflate").vectors()).hasSize(2);
        assertThat(embed(body, "identity").vectors()).hasSize(2);
        assertThat(embed(Gzip.of(bodyOf(LIMIT)), "gzip").vectors()).hasSize(1);
        assertThat(embed(new byte[0], "gzip").requireFaults()).containsExactly("body missing");
        assertThat(embed(Gzip.of(new byte[0]), "gzip").requireFaults()).containsExactly("body missing");
        assertThat(embed(Gzip.of("{".getBytes(StandardCharsets.UTF_8)), "gzip").requireFaults())
                .containsExactly("body.1 json_invalid");
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void decodesACompressedBodyInChunks() throws IOException {
        byte[] compressed = Gzip.of(BODY.getBytes(StandardCharsets.UTF_8));
        try (RawConnection connection = service.connect()) {
            for (int turn = 0; turn < 2; turn++) {
                connection.sendHead("POST /embed", "Transfer-Encoding: chunked", "Content-Encoding: gzip");
                for (byte one : compressed) {
                    connection.sendChunk(new byte[] {one});
                }

                assertThat(connection.sendChunk(new byte[0]).answer().vectors()).hasSize(2);
            }
        }
    }

    @Test
    void rejectsABodyThatIsTooLargeDecompressed() throws IOException {
        embed(Gzip.of(bodyOf(LIMIT + 1)), "gzip").requireError(413);
        byte[] bomb = Gzip.of(new byte[500 * LIMIT]);
        assertThat(bomb.length).isLessThan(LIMIT);
        embed(bomb, "gzip").requireError(413);
        requireStillServing();
    }

    @Test
    void rejectsABodyThatDoesNotMatchItsCoding() throws IOException {
        byte[] body = Gzip.of(BODY.getBytes(StandardCharsets.UTF_8));
        byte[] damaged = body.clone();
        damaged[damaged.length - 5]++;

        embed(BODY.getBytes(StandardCharsets.UTF_8), "gzip").requireError(400);
        embed(body, "deflate").requireError(400);
        embed(Arrays.copyOf(body, body.length - 1), "gzip").requireError(400);
        embed(Arrays.copyOf(body, 5), "gzip").requireError(400);
        embed(damaged, "gzip").requireError(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "gzip, gzip", "gzip;q=1", "utf-8", "*"})
    void rejectsOtherCodings(String coding) throws IOException {
        Answer answer = embed(Gzip.of(BODY.getBytes(StandardCharsets.UTF_8)), coding);

        answer.requireError(415);
        assertThat(answer.header("Accept-Encoding")).hasValue("gzip, deflate");
    }

    @Test
    void acceptsAChunkedBody() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Transfer-Encoding: chunked", "Content-Type: application/json");
            for (byte one : BODY.getBytes(StandardCharsets.US_ASCII)) {
                connection.sendChunk(new byte[] {one});
            }

            assertThat(connection.sendChunk(new byte[0]).answer().vectors()).hasSize(2);
        }
    }

    @Test
    void acceptsASlowBodyThatTakesLongerThanOnePause() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Length: " + BODY.length());
            connection.sendSlowly(BODY, Duration.ofMillis(70));

            assertThat(connection.answer().vectors()).hasSize(2);
        }
    }

    @Test
    void abortsABodyThatStalls() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", "Content-Length: 100").send("{\"texts\"");

            connection.answer().requireError(408);
            assertThat(connection.isClosedByService()).isTrue();
        }
        requireStillServing();
    }

    @Test
    void abortsABodyThatNeverStarts() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed/single", "Transfer-Encoding: chunked");

            connection.answer().requireError(408);
        }
    }

    @RepeatedTest(5)
    void survivesAClientThatDisconnectsWithinItsBody() throws IOException {
        try (RawConnection orderly = service.connect();
                RawConnection abrupt = service.connect();
                RawConnection waiting = service.connect()) {
            orderly.sendHead("POST /embed", "Content-Length: 100").send("{\"texts\"");
            abrupt.sendHead("POST /embed", "Content-Length: 100").send("{\"texts\"");
            waiting.sendHead("POST /embed", "Content-Length: " + BODY.length()).send(BODY);
            abrupt.reset();
            waiting.reset();
        }

        requireStillServing();
        assertThat(service.output().lines()).noneMatch(line -> line.contains(" ERROR "));
    }

    @Test
    void survivesAClientThatDoesNotReadItsResponses() throws IOException {
        String thousand = Answer.jsonOf(Map.of("texts", Collections.nCopies(1_000, "a")));
        try (RawConnection connection = service.connect()) {
            for (int request = 0; request < 3; request++) {
                connection
                        .sendHead("POST /embed", "Content-Length: " + thousand.length())
                        .send(thousand);
            }

            requireStillServing();
            assertThat(connection.answer().vectors()).hasSize(1_000);
        }
    }

    @Test
    void readsAnUnneededBodyToo() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection
                    .sendHead("POST /embed/single?text=a", CLOSE, "Content-Length: 2")
                    .send("{}");

            assertThat(connection.answer().vector()).hasSize(384);
            assertThat(connection.isClosedByService()).isTrue();
        }
    }
}
