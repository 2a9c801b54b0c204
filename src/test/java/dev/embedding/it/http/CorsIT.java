package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceClient;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.fixture.SharedService;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests CORS with the default, every origin. */
@ExtendWith(SharedService.class)
public class CorsIT {

    private static final String ORIGIN = "https://pages.example";

    private final ServiceClient client;

    CorsIT(ServiceProcess service) {
        client = service.client();
    }

    public static Answer preflight(ServiceClient client, String origin) {
        return client.send(
                "OPTIONS",
                "/embed",
                BodyPublishers.noBody(),
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "content-type, x-request-id");
    }

    public static void requireAllowed(Answer answer, String origin) {
        assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(origin);
        assertThat(answer.headers().allValues("Access-Control-Allow-Credentials"))
                .containsExactly("true");
        assertThat(answer.header("Vary").orElseThrow()).contains("Origin");
    }

    @Test
    void returnsTheCallersOwnOrigin() {
        Answer answer = client.embed(List.of("a"), "Origin", ORIGIN);

        assertThat(answer.vectors()).hasSize(1);
        requireAllowed(answer, ORIGIN);
        assertThat(answer.header("Access-Control-Expose-Headers").orElseThrow().split(", "))
                .contains("X-Request-ID", "X-Embedding-Space", "Server-Timing", "Retry-After");
    }

    @Test
    void letsPagesReadErrorsToo() {
        for (Answer answer : List.of(
                client.postJson("/embed", "{}", "Origin", ORIGIN),
                client.get("/nothing", "Origin", ORIGIN),
                client.get("/embed", "Origin", ORIGIN),
                client.embed(List.of("a"), "Origin", ORIGIN, "X-Embedding-Space", "another"))) {
            assertThat(answer.status()).isGreaterThanOrEqualTo(400);
            requireAllowed(answer, ORIGIN);
        }
    }

    @Test
    void grantsPreflights() {
        Answer answer = preflight(client, ORIGIN);

        assertThat(answer.status()).isEqualTo(200);
        requireAllowed(answer, ORIGIN);
        assertThat(answer.header("Access-Control-Allow-Methods").orElseThrow().split(", "))
                .contains("GET", "POST", "DELETE");
        assertThat(answer.header("Access-Control-Allow-Headers").orElseThrow())
                .contains("content-type", "x-request-id");
    }

    @Test
    void addsNothingForCallersWithoutOrigin() {
        Answer answer = client.get("/health");

        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }
}
