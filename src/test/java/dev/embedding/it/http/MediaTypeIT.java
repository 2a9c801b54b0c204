package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the media types of request bodies. */
@ExtendWith(SharedService.class)
class MediaTypeIT {

    private static final String BODY = "{\"texts\": [\"a\"]}";

    private final ServiceClient client;

    MediaTypeIT(ServiceProcess service) {
        client = service.client();
    }

    private Answer post(String path, String body, String... headers) {
        return client.send("POST", path, BodyPublishers.ofString(body), headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "APPLICATION/JSON;charset=UTF-8",
                "application/vnd.api+json",
                "application/vnd.x+json; version=1"
            })
    void acceptsAnyMediaTypeOfJson(String type) {
        assertThat(post("/embed", BODY, "Content-Type", type).vectors()).hasSize(1);
        assertThat(post("/embed/single", "\"a\"", "Content-Type", type).vector())
                .hasSize(384);
    }

    @Test
    void acceptsABodyWithoutMediaType() {
        assertThat(post("/embed", BODY).vectors()).hasSize(1);
        assertThat(post("/embed/single", "\"a\"").vector()).hasSize(384);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/octet-stream",
                "application/xml",
                "application/jsonx",
                "image/svg+json",
                "*/*",
                "garbage"
            })
    void rejectsABodyOfAnotherMediaType(String type) {
        post("/embed", BODY, "Content-Type", type).requireError(415);
        post("/embed/single", "\"a\"", "Content-Type", type).requireError(415);
    }

    @Test
    void ignoresTheMediaTypeOfAnEmptyBody() {
        assertThat(post("/embed", "", "Content-Type", "text/plain").requireFaults())
                .containsExactly("body missing");
        assertThat(post("/embed/single?text=a", "", "Content-Type", "text/plain")
                        .vector())
                .hasSize(384);
    }

    @Test
    void ignoresTheMediaTypeOfABodyThatTheQueryOverrides() {
        assertThat(post("/embed/single?text=a", "whatever", "Content-Type", "text/plain")
                        .vector())
                .isEqualTo(client.embed("a").vectors().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*", "text/html", "application/xml", "nonsense"})
    void respondsWithJsonToAnyAcceptHeader(String accept) {
        Answer answer = client.postJson("/embed", BODY, "Accept", accept);

        assertThat(answer.vectors()).hasSize(1);
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/json");
        client.postJson("/embed", "{}", "Accept", accept).requireError(422);
        client.send("GET", "/nothing-here", BodyPublishers.noBody(), "Accept", accept)
                .requireError(404);
    }
}
