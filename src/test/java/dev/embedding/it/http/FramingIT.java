package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests whose length or host is ambiguous. */
@ExtendWith(SharedService.class)
class FramingIT {

    private static final String BODY = "{\"texts\": [\"a\"]}";
    private static final String SMUGGLED = "GET /health HTTP/1.1\r\nHost: service\r\n\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked";

    private final ServiceProcess service;

    FramingIT(ServiceProcess service) {
        this.service = service;
    }

    /** Checks that callers' faults are not logged. */
    @AfterEach
    void requireAQuietLog() {
        assertThat(service.output().lines()).noneMatch(line -> line.contains(" ERROR "));
    }

    /** Reads the response, after which the connection must be closed without another one. */
    private static Answer last(RawConnection connection) throws IOException {
        Answer answer = connection.answer();
        assertThat(connection.rest()).isEmpty();
        return answer;
    }

    @ParameterizedTest
    @CsvSource({
        "foo, 501",
        "xchunked, 501",
        "'gzip, chunked', 501",
        "chunked;q=1, 501",
        "identity, 501",
        "'chunked, chunked', 400",
        "'', 400"
    })
    void rejectsAnUnknownTransferEncodingAndWhatFollows(String coding, int status) throws IOException {
        for (String requestLine : new String[] {"POST /embed", "GET /health", "POST /settings", "GET /nowhere"}) {
            try (RawConnection connection = service.connect()) {
                connection.sendHead(requestLine, "Transfer-Encoding: " + coding).send(BODY + SMUGGLED + SMUGGLED);

                last(connection).requireError(status);
            }
        }
    }

    @Test
    void rejectsContentLengthWithChunks() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", CHUNKED, "Content-Length: 5").send("0\r\n\r\n" + SMUGGLED);

            assertThat(connection.head().status()).isEqualTo(400);
            assertThat(connection.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";a", ";a=b", "; a = b", ";a=\"b;c\\\"\"", ";a=b;c=\"d\";e"})
    void acceptsChunkExtensions(String extension) throws IOException {
        try (RawConnection connection = service.connect()) {
            for (int turn = 0; turn < 2; turn++) {
                connection
                        .sendHead("POST /embed", CHUNKED)
                        .send(Integer.toHexString(BODY.length()) + extension + "\r\n" + BODY + "\r\n0" + extension
                                + "\r\nX-Trailer: a\r\n\r\n");

                assertThat(connection.answer().vectors()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz", "-1", "0x5", "", "fffffffffffffffff", "80000000", "5;a=\u0001", "5 5;\u0000"})
    void rejectsMalformedChunkSizes(String size) throws IOException {
        for (String path : new String[] {"POST /embed", "POST /settings/bulk", "DELETE /settings/x", "GET /health"}) {
            try (RawConnection connection = service.connect()) {
                connection
                        .sendHead(path, CHUNKED, "Content-Type: application/json")
                        .send(size + "\r\nabcde\r\n0\r\n\r\n" + SMUGGLED);

                last(connection).requireError(400);
            }
        }
    }

    @Test
    void rejectsAMalformedChunkAfterValidOnes() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection.sendHead("POST /embed", CHUNKED).sendChunk("{\"texts\":".getBytes(StandardCharsets.US_ASCII));
            connection.send("2\r\n[\"a\"]}\r\n0\r\n\r\n");

            last(connection).requireError(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.1\r\n\r\n",
                "POST /embed HTTP/1.1\r\nContent-Length: 16\r\n\r\n{\"texts\": [\"a\"]}",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET http://a/health HTTP/1.1\r\n\r\n"
            })
    void rejectsARequestWithoutExactlyOneHost(String request) throws IOException {
        try (RawConnection connection = service.connect()) {
            Answer answer = last(connection.send(request + SMUGGLED));

            assertThat(answer.requireError(400).has("stack")).isFalse();
            assertThat(answer.header("X-Request-ID")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /health HTTP/2.0\r\nHost: a\r\n\r\n",
                "GET /health HTTP/1.7\r\nHost: a\r\n\r\n"
            })
    void rejectsOtherVersionsOfHttp(String request) throws IOException {
        try (RawConnection connection = service.connect()) {
            last(connection.send(request)).requireError(505);
        }
    }

    @Test
    void servesHttp10WithoutAHost() throws IOException {
        try (RawConnection connection = service.connect()) {
            assertThat(connection.send("GET /health HTTP/1.0\r\n\r\n").answer().status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/html", "image/png", "application/xml", "nonsense", "*/json", ";"})
    void respondsToAnyAcceptHeader(String accept) {
        for (String path : new String[] {
            "/",
            "/health",
            "/metrics",
            "/model/info",
            "/settings",
            "/v1/models",
            "/openapi",
            "/openapi.json",
            "/docs/",
            "/q/metrics",
            "/q/health/live"
        }) {
            assertThat(service.client().get(path, "Accept", accept).status())
                    .as(path)
                    .isEqualTo(200);
        }
        assertThat(service.client().embed(List.of("a"), "Accept", accept).vectors())
                .hasSize(1);
        service.client().get("/nowhere", "Accept", accept).requireError(404);
    }
}
