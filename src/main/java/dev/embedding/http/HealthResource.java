package dev.embedding.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.reload.ModelLifecycle;
import dev.embedding.reload.ModelState;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.EmbeddingModel;
import dev.embedding.settings.EnvironmentSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How the service is, for people and for old callers; Kubernetes asks the probes. */
@Path("/health")
@Tag(name = "Operation")
public class HealthResource {

    private static final String CUDA = "cuda";

    private final ServiceIdentity identity;
    private final ActiveModel active;
    private final ModelLifecycle lifecycle;
    private final EnvironmentSettings environment;

    HealthResource(
            ServiceIdentity identity, ActiveModel active, ModelLifecycle lifecycle, EnvironmentSettings environment) {
        this.identity = identity;
        this.active = active;
        this.lifecycle = lifecycle;
        this.environment = environment;
    }

    /** {@code GET /health}: always 200 while the process can answer. */
    @GET
    @Operation(operationId = "health", summary = "How the service is")
    public Uni<Health> health() {
        return Uni.createFrom().item(this::report);
    }

    private Health report() {
        Optional<EmbeddingModel> model = active.model();
        ServiceSettings settings = environment.settings();
        Map<String, String> dependencies = new LinkedHashMap<>();
        dependencies.put("model_loaded", model.isPresent() ? "True" : "False");
        dependencies.put("model_name", settings.modelName());
        dependencies.put("device", settings.device());
        dependencies.put(
                "dimension",
                model.map(served -> Integer.toString(served.dimension())).orElse("None"));
        dependencies.put("database", "disabled");
        model.ifPresent(served -> {
            dependencies.put("device_actual", served.device());
            dependencies.put("execution_provider", served.executionProvider());
        });
        deviceFault(model).ifPresent(fault -> dependencies.put("device_fault", fault));
        modelFault().ifPresent(fault -> dependencies.put("model_fault", fault));
        return new Health(identity.name(), status(model), identity.version(), identity.uptimeSeconds(), dependencies);
    }

    private String status(Optional<EmbeddingModel> model) {
        if (model.isEmpty()) {
            return "unhealthy";
        }
        return deviceFault(model).isPresent() || modelFault().isPresent() ? "degraded" : "healthy";
    }

    /** Only a fault when the GPU was asked for explicitly: {@code cuda} is merely the default. */
    private Optional<String> deviceFault(Optional<EmbeddingModel> model) {
        boolean gpuAskedFor = environment.given().contains(SettingKey.DEVICE)
                && environment.settings().device().equals(CUDA);
        return gpuAskedFor ? model.flatMap(EmbeddingModel::deviceFallback) : Optional.empty();
    }

    private Optional<String> modelFault() {
        return lifecycle.state() instanceof ModelState.Failed failed ? Optional.of(failed.reason()) : Optional.empty();
    }

    /** The answer of {@code GET /health}. */
    public record Health(
            @Schema(required = true) String service,

            @Schema(
                    required = true,
                    enumeration = {"healthy", "degraded", "unhealthy"})
            String status,

            @Schema(required = true) String version,

            @Schema(required = true) @JsonProperty("uptime_seconds")
            double uptimeSeconds,

            @Schema(required = true) Map<String, String> dependencies) {}
}
