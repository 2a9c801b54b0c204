package dev.embedding.it.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Await;
import dev.embedding.fixture.ServiceProcess;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that a service without a usable model responds, and reports the reason. */
class UnusableModelIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void namesTheFileOfALayoutThatIsNotSupported(@TempDir Path models) throws IOException {
        Path model = ModelCopy.of("bert-cls-normalize", models.resolve("copy"));
        Files.writeString(model.resolve("modules.json"), """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "name": "2", "path": "2_WordWeights", "type": "sentence_transformers.models.WordWeights"}]
                """);

        try (ServiceProcess service = serviceWith(model.toString())) {
            assertThat(faultOf(service)).contains("modules.json").contains("WordWeights");
            requireNoModel(service);
        }
    }

    @Test
    void namesAMissingModel() {
        try (ServiceProcess service = serviceWith("nobody/knows-this-model")) {
            assertThat(faultOf(service)).contains("nobody/knows-this-model");
            requireNoModel(service);
        }
    }

    @Test
    void namesAFileThatIsNotAModel(@TempDir Path models) throws IOException {
        Path model = ModelCopy.of("bert-cls-normalize", models.resolve("copy"));
        Files.writeString(model.resolve("onnx").resolve("model.onnx"), "not a model");

        try (ServiceProcess service = serviceWith(model.toString())) {
            assertThat(faultOf(service)).contains("model.onnx");
            requireNoModel(service);
        }
    }

    private static ServiceProcess serviceWith(String model) {
        return ServiceProcess.configure().with("EMBEDDING_MODEL_NAME", model).live();
    }

    /** Waits for the fault in {@code /health}. */
    private static String faultOf(ServiceProcess service) {
        Await.until(
                PATIENCE,
                () -> health(service).path("dependencies").has("model_fault"),
                () -> "No fault is shown: " + health(service));
        return health(service).path("dependencies").path("model_fault").textValue();
    }

    private static JsonNode health(ServiceProcess service) {
        return service.client().get("/health").json();
    }

    private static void requireNoModel(ServiceProcess service) {
        assertThat(health(service).path("status").textValue()).isEqualTo("unhealthy");
        assertThat(health(service).path("dependencies").path("model_loaded").textValue())
                .isEqualTo("False");
        assertThat(service.client().get("/q/health/live").status()).isEqualTo(200);
        assertThat(service.client().get("/q/health/ready").status()).isEqualTo(503);
        assertThat(service.client().get("/q/health/started").status()).isEqualTo(503);
        service.client().embed("a text").requireError(503);
        service.client().postJson("/embed/single", "\"a text\"").requireError(503);
        service.client().get("/model/info").requireError(503);
        JsonNode metrics = service.client().get("/metrics").json();
        assertThat(metrics.path("requests_total").intValue()).isEqualTo(2);
        assertThat(metrics.path("requests_failed").intValue()).isEqualTo(2);
        assertThat(metrics.path("success_rate").doubleValue()).isZero();
    }
}
