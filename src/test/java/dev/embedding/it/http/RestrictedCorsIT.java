package dev.embedding.it.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.ServiceProcess;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests CORS when only some origins are allowed. */
class RestrictedCorsIT {

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure()
                .with("CORS_ORIGINS", "https://a.example, https://b.example")
                .ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://a.example", "https://b.example"})
    void allowsTheNamedOrigins(String origin) {
        CorsIT.requireAllowed(service.client().embed(List.of("a"), "Origin", origin), origin);
        Answer preflight = CorsIT.preflight(service.client(), origin);
        assertThat(preflight.status()).isEqualTo(200);
        CorsIT.requireAllowed(preflight, origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://c.example",
                "http://a.example",
                "https://a.example:444",
                "https://a.example.c.example",
                "null"
            })
    void servesForeignOriginsWithoutLettingTheirPagesRead(String origin) {
        Answer answer = service.client().embed(List.of("a"), "Origin", origin);

        assertThat(answer.vectors()).hasSize(1);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
        Answer preflight = CorsIT.preflight(service.client(), origin);
        assertThat(preflight.status()).isEqualTo(400);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void showsTheOriginsAsASetting() {
        assertThat(service.client().get("/settings").json().path("settings").path("cors_origins"))
                .map(JsonNode::textValue)
                .containsExactly("https://a.example", "https://b.example");
    }
}
