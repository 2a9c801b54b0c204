package dev.embedding.it.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceProcess;
import java.time.Duration;
import java.util.function.Predicate;

/** Waits until a service has followed its stored settings, and reads its faults. */
public final class Following {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Following() {}

    static JsonNode health(ServiceProcess service) {
        return service.client().get("/health").json();
    }

    /** Waits until {@code /health} has the expected status. */
    public static JsonNode awaitHealth(ServiceProcess service, Predicate<JsonNode> condition) {
        Await.until(
                PATIENCE,
                () -> condition.test(health(service)),
                () -> "/health is " + health(service) + "\n" + service.output());
        return health(service);
    }

    public static void awaitHealthy(ServiceProcess service) {
        awaitHealth(service, health -> health.path("status").textValue().equals("healthy"));
    }

    /** Waits until a fault is shown whose text contains another; it says since when. */
    public static String awaitFault(ServiceProcess service, String name, String text) {
        JsonNode health = awaitHealth(
                service, shown -> shown.path("dependencies").path(name).asText().contains(text));
        String fault = health.path("dependencies").path(name).textValue();
        assertThat(health.path("status").textValue()).isEqualTo("degraded");
        assertThat(fault).containsPattern("\\(since \\d{4}-\\d\\d-\\d\\dT.*Z\\)");
        return fault;
    }

    /** Waits for the model's fault in {@code /health}. */
    public static String modelFault(ServiceProcess service) {
        return awaitHealth(service, health -> health.path("dependencies").has("model_fault"))
                .path("dependencies")
                .path("model_fault")
                .textValue();
    }

    /** Waits until a model is served. */
    public static void awaitModel(ServiceProcess service, String name) {
        Await.until(
                PATIENCE,
                () -> servedModel(service).equals(name),
                () -> "The model is " + servedModel(service) + "\n" + service.output());
    }

    public static String servedModel(ServiceProcess service) {
        return service.client().get("/model/info").json().path("model_name").asText();
    }

    public static JsonNode setting(ServiceProcess service, String key) {
        return service.client().get("/settings").json().path("settings").path(key);
    }

    public static void awaitSetting(ServiceProcess service, String key, String text) {
        Await.until(
                PATIENCE,
                () -> setting(service, key).asText().equals(text),
                () -> key + " is " + setting(service, key) + "\n" + service.output());
    }
}
