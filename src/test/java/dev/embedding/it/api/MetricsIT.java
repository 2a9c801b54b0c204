package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import dev.embedding.fixture.GeneratedTexts;
import dev.embedding.fixture.RawConnection;
import dev.embedding.fixture.ServiceProcess;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the counters in order, from the first request on, and their two formats. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MetricsIT {

    private static ServiceProcess service;

    @BeforeAll
    static void start() {
        service = ServiceProcess.configure().ready();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static JsonNode counters() {
        return service.client().get("/metrics").json();
    }

    private static void requireCounters(int requests, int failed, double successRate, int embeddings) {
        JsonNode counters = counters();
        assertThat(counters.path("requests_total").intValue()).isEqualTo(requests);
        assertThat(counters.path("requests_failed").intValue()).isEqualTo(failed);
        assertThat(counters.path("success_rate").doubleValue()).isEqualTo(successRate, within(0.01));
        assertThat(counters.path("embeddings_generated").intValue()).isEqualTo(embeddings);
        assertThat(counters.path("model_reloads").intValue()).isZero();
        assertThat(counters.path("model_reload_failures").intValue()).isZero();
    }

    @Test
    @Order(1)
    void startAtZero() {
        requireCounters(0, 0, 100.0, 0);
        assertThat(counters().path("avg_latency_ms").doubleValue()).isZero();
        assertThat(counters().path("avg_latency_ms").isDouble()).isTrue();
        assertThat(counters().path("uptime_seconds").doubleValue()).isPositive();
    }

    @Test
    @Order(2)
    void excludeInvalidRequests() {
        service.client().postJson("/embed", "{}").requireError(422);
        service.client().post("/embed/single?text=").requireError(422);
        service.client().get("/embed").requireError(405);
        service.client().embed(List.of("a"), "X-Request-Timeout-Ms", "never").requireError(422);

        requireCounters(0, 0, 100.0, 0);
    }

    @Test
    @Order(3)
    void countRequestsAndTexts() {
        double tokensBefore = service.client().meter("embedding_tokens_total");

        assertThat(service.client().embed(List.of("a", "b", "c")).vectors()).hasSize(3);
        assertThat(service.client().post("/embed/single?text=a").vector()).hasSize(384);

        requireCounters(2, 0, 100.0, 4);
        assertThat(counters().path("avg_latency_ms").doubleValue()).isPositive();
        assertThat(service.client().meter("embedding_requests_total{outcome=\"success\"}"))
                .isEqualTo(2);
        assertThat(service.client().meter("embedding_tokens_total") - tokensBefore)
                .isEqualTo(12);
        assertThat(service.client().meter("embedding_queue_tokens")).isZero();
    }

    @Test
    @Order(4)
    void countFailures() {
        service.client()
                .embed(GeneratedTexts.of(1_000, 60, 1), "X-Request-Timeout-Ms", "1")
                .requireError(504);

        requireCounters(3, 1, 66.67, 4);
        assertThat(service.client().meter("embedding_requests_total{outcome=\"deadline_exceeded\"}"))
                .isEqualTo(1);
    }

    @Test
    @Order(5)
    void doNotCountASpaceMismatchAsAFailure() {
        service.client().embed(List.of("a"), "X-Embedding-Space", "another").requireError(412);

        requireCounters(4, 1, 75.0, 4);
    }

    /** The requests of the tests before: three invalid ones, two successes, a deadline, another space. */
    @Test
    @Order(6)
    void timeEveryEmbeddingRequestByDialectAndOutcome() {
        assertThat(service.client()
                        .postJson("/v1/embeddings", "{\"input\": [\"a\"]}")
                        .status())
                .isEqualTo(200);
        assertThat(service.client()
                        .postJson("/v1/embeddings", "{\"input\": []}")
                        .status())
                .isEqualTo(400);

        assertThat(timed("embed", "invalid")).isEqualTo(3);
        assertThat(timed("embed", "success")).isEqualTo(2);
        assertThat(timed("embed", "deadline_exceeded")).isEqualTo(1);
        assertThat(timed("embed", "space_mismatch")).isEqualTo(1);
        assertThat(timed("openai", "success")).isEqualTo(1);
        assertThat(timed("openai", "invalid")).isEqualTo(1);
        assertThat(service.client()
                        .meter("embedding_request_seconds_bucket{dialect=\"embed\",outcome=\"success\",le=\"60.0\"}"))
                .isEqualTo(2);
        assertThat(service.client().meter("embedding_request_seconds_sum{dialect=\"embed\",outcome=\"success\"}"))
                .isPositive();
    }

    @Test
    @Order(7)
    void labelRequestsWithTheModelThatTheyReached() {
        service.client().postJson("/v1/embeddings", "{\"input\": \"a\", \"model\": \"a-name-of-a-caller\"}");

        assertThat(ofModel("default", "success")).isEqualTo(3);
        assertThat(ofModel("(none)", "space_mismatch")).isEqualTo(1);
        assertThat(ofModel("(none)", "unknown_model")).isEqualTo(1);
        assertThat(service.client().meter("embedding_model_info{model=\"default\",name=\"BAAI/bge-small-en-v1.5\"}"))
                .isEqualTo(1);
        assertThat(service.client().get("/q/metrics").text()).doesNotContain("a-name-of-a-caller");
    }

    private static double ofModel(String model, String outcome) {
        return service.client().meter("embedding_requests_total{model=\"" + model + "\",outcome=\"" + outcome + "\"}");
    }

    private static double timed(String dialect, String outcome) {
        return service.client()
                .meter("embedding_request_seconds_count{dialect=\"" + dialect + "\",outcome=\"" + outcome + "\"}");
    }

    @ParameterizedTest
    @Order(7)
    @ValueSource(
            strings = {
                "*/*",
                "application/json",
                "application/json, text/plain, */*",
                "text/plain, application/json;q=0.5",
                "application/openmetrics-text, application/json",
                "APPLICATION/JSON",
                "text/html",
                "image/png"
            })
    void areJsonForPeopleAndOldCallers(String accept) {
        Answer response = service.client().get("/metrics", "Accept", accept);

        requireJson(response);
    }

    @Test
    @Order(7)
    void areJsonWithoutAnAcceptHeader() throws IOException {
        try (RawConnection connection = service.connect()) {
            requireJson(connection.sendHead("GET /metrics").answer());
        }
    }

    private static void requireJson(Answer response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(response.json().path("requests_total").isIntegralNumber()).isTrue();
    }

    @ParameterizedTest
    @Order(7)
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain;version=0.0.4;q=0.5, */*;q=0.1",
                "application/openmetrics-text; version=1.0.0",
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
            })
    void arePrometheusForPrometheus(String accept) {
        requireExposition(service.client().get("/metrics", "Accept", accept));
    }

    @ParameterizedTest
    @Order(7)
    @ValueSource(
            strings = {
                "*/*",
                "text/plain",
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                "application/json, text/plain, */*"
            })
    void arePrometheusAlwaysUnderTheirOwnPath(String accept) {
        requireExposition(service.client().get("/q/metrics", "Accept", accept));
    }

    private static void requireExposition(Answer response) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type").orElseThrow())
                .containsAnyOf("text/plain", "application/openmetrics-text");
        assertThat(response.text())
                .contains("embedding_requests_total{model=\"default\",outcome=\"success\"")
                .contains("embedding_tokens_total{model=\"default\"")
                .contains("embedding_queue_tokens{model=\"default\"")
                .contains("embedding_queue_wait_seconds_count{model=\"default\"")
                .contains("embedding_infer_seconds_count{model=\"default\"")
                .contains("embedding_batch_rows_count{model=\"default\"")
                .contains("embedding_padding_ratio_count{model=\"default\"")
                .contains("embedding_model_info{");
    }
}
