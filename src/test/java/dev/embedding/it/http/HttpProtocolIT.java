package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests features of HTTP that clients may use. */
@ExtendWith(SharedService.class)
class HttpProtocolIT {

    private static final String BODY = "{\"texts\": [\"a\"]}";

    private final ServiceProcess service;
    private final ServiceClient client;

    HttpProtocolIT(ServiceProcess service) {
        this.service = service;
        this.client = service.client();
    }

    @Test
    void acceptsALongTextInTheQuery() {
        String text = "word ".repeat(12_000).strip();

        Answer answer = client.post("/embed/single?text=" + text.replace(' ', '+'));

        assertThat(answer.vector()).isEqualTo(client.embed(text).vectors().get(0));
        assertThat(answer.json().path("truncated").booleanValue()).isTrue();
    }

    @Test
    void acceptsLongHeaders() {
        assertThat(client.embed(List.of("a"), "X-Padding", "x".repeat(30_000)).vectors())
                .hasSize(1);
    }

    @Test
    void rejectsOverlongRequestLinesAndHeaders() throws IOException {
        try (RawConnection connection = service.connect()) {
            assertThat(connection
                            .sendHead("POST /embed/single?text=" + "x".repeat(70_000))
                            .head()
                            .status())
                    .isEqualTo(414);
        }
        try (RawConnection connection = service.connect()) {
            assertThat(connection
                            .sendHead("GET /", "X-Padding: " + "x".repeat(40_000))
                            .head()
                            .status())
                    .isEqualTo(431);
        }
        try (RawConnection connection = service.connect()) {
            assertThat(connection
                            .sendHead("POST /embed/single?text=%zz", "Content-Length: 0")
                            .head()
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void keepsTheConnectionOpen() throws IOException {
        try (RawConnection connection = service.connect()) {
            for (String id : List.of("first", "second", "third")) {
                connection
                        .sendHead("POST /embed", "X-Request-ID: " + id, "Content-Length: " + BODY.length())
                        .send(BODY);
                assertThat(connection.answer().json().path("request_id").textValue())
                        .isEqualTo(id);
                connection.sendHead("POST /embed", "Content-Length: 2").send("{}");
                connection.answer().requireError(422);
            }
        }
    }

    @Test
    void respondsToPipelinedRequestsInOrder() throws IOException {
        String slow = Answer.jsonOf(Map.of("texts", GeneratedTexts.of(30, 40, 3)));
        try (RawConnection connection = service.connect()) {
            connection.send("POST /embed HTTP/1.1\r\nHost: a\r\nX-Request-ID: slow\r\nContent-Length: " + slow.length()
                    + "\r\n\r\n" + slow + "POST /embed HTTP/1.1\r\nHost: a\r\nX-Request-ID: fast\r\nContent-Length: "
                    + BODY.length() + "\r\n\r\n" + BODY + "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");

            Answer first = connection.answer();
            Answer second = connection.answer();
            Answer third = connection.answer();

            assertThat(first.json().path("request_id").textValue()).isEqualTo("slow");
            assertThat(first.vectors()).hasSize(30);
            assertThat(second.json().path("request_id").textValue()).isEqualTo("fast");
            assertThat(second.vectors()).hasSize(1);
            assertThat(third.json().path("status").textValue()).isEqualTo("healthy");
        }
    }

    @Test
    void respondsToHeadWithoutABody() throws IOException {
        try (RawConnection connection = service.connect()) {
            for (String path : List.of("/", "/health", "/metrics", "/model/info", "/settings", "/openapi.json")) {
                assertThat(connection.sendHead("HEAD " + path).head().status()).isEqualTo(200);
            }
            assertThat(connection.sendHead("HEAD /embed").head().status()).isEqualTo(405);
            assertThat(connection.sendHead("HEAD /nothing").head().status()).isEqualTo(404);
            assertThat(connection
                            .sendHead("GET /health")
                            .answer()
                            .json()
                            .path("status")
                            .textValue())
                    .isEqualTo("healthy");
        }
    }

    @Test
    void rejectsUnsatisfiableRangesOfItsPages() {
        client.get("/docs/swagger-ui.css", "Range", "bytes=999999999-").requireError(416);
    }

    @Test
    void respondsToOptionsWithTheMethods() {
        Answer answer = client.send("OPTIONS", "/embed");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Allow").orElseThrow()).contains("POST").doesNotContain("GET");
        assertThat(client.send("OPTIONS", "/settings").header("Allow").orElseThrow())
                .isEqualTo("GET, POST, HEAD, OPTIONS");
        assertThat(client.send("OPTIONS", "/openai/v1/embeddings").header("Allow"))
                .contains("POST, OPTIONS");
    }

    @Test
    void servesClientsThatOfferHttp2() throws Exception {
        HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + "/embed"))
                .POST(BodyPublishers.ofString(BODY))
                .build();

        for (int turn = 0; turn < 3; turn++) {
            var response = http2.send(request, BodyHandlers.ofByteArray());
            assertThat(new Answer(response.statusCode(), response.headers(), response.body()).vectors())
                    .hasSize(1);
        }
    }

    @Test
    void closesTheConnectionOnRequest() throws IOException {
        try (RawConnection connection = service.connect()) {
            connection
                    .sendHead("POST /embed", "Connection: close", "Content-Length: " + BODY.length())
                    .send(BODY);

            assertThat(connection.answer().vectors()).hasSize(1);
            assertThat(connection.isClosedByService()).isTrue();
        }
    }
}
