package dev.embedding.http.operations;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.reload.LoadProgress;
import dev.embedding.reload.SettingsControl;
import dev.embedding.reload.SettingsHealth;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Health report for people and for old callers; Kubernetes uses the probes. */
@Path(OperationsRoutes.HEALTH)
@Tag(name = "Operation")
public class HealthResource {

    private static final String CUDA = "cuda";

    private final ServiceIdentity identity;
    private final ModelRegistry models;
    private final SettingsControl control;
    private final LoadProgress progress;

    HealthResource(ServiceIdentity identity, ModelRegistry models, SettingsControl control, LoadProgress progress) {
        this.progress = progress;
        this.identity = identity;
        this.models = models;
        this.control = control;
    }

    /** {@code GET /health}: always 200 while the process can respond. */
    @GET
    @Operation(operationId = "health", summary = "How the service is")
    public Uni<Health> health() {
        return Uni.createFrom().item(this::report);
    }

    private Health report() {
        Optional<LoadedModel> model = models.defaultSlot().model();
        ServiceSettings settings = control.current();
        SettingsHealth stored = control.health();
        Map<String, String> dependencies = new LinkedHashMap<>();
        addModel("", model, settings.defaultModel(), dependencies);
        dependencies.put("database", stored.database());
        settings.furtherModels()
                .forEach((id, ofModel) -> addModel(
                        SettingKey.prefix(id), models.slot(id).flatMap(ModelSlot::model), ofModel, dependencies));
        progress.percent().ifPresent(percent -> dependencies.put("model_download", "loading " + percent + " %"));
        Map<String, String> faults = faults(settings, stored);
        dependencies.putAll(faults);
        String status = model.isEmpty() ? "unhealthy" : faults.isEmpty() ? "healthy" : "degraded";
        return new Health(identity.name(), status, identity.version(), identity.uptimeSeconds(), dependencies);
    }

    /** @param prefix of the names; empty for the default model */
    private static void addModel(
            String prefix, Optional<LoadedModel> model, ModelSettings settings, Map<String, String> dependencies) {
        dependencies.put(prefix + "model_loaded", model.isPresent() ? "True" : "False");
        dependencies.put(prefix + "model_name", model.map(LoadedModel::name).orElse(settings.get(Setting.MODEL_NAME)));
        dependencies.put(prefix + "device", settings.get(Setting.DEVICE));
        dependencies.put(
                prefix + "dimension",
                model.map(served -> Integer.toString(served.dimension())).orElse("None"));
        model.ifPresent(served -> {
            dependencies.put(prefix + "device_actual", served.device());
            dependencies.put(prefix + "execution_provider", served.executionProvider());
        });
    }

    /** Faults that an operator should look at, by name. */
    private Map<String, String> faults(ServiceSettings settings, SettingsHealth stored) {
        Map<String, String> faults = new TreeMap<>();
        settings.models().forEach((id, ofModel) -> {
            String prefix = SettingKey.prefix(id);
            models.slot(id).flatMap(ModelSlot::model).ifPresent(model -> {
                model.fault()
                        .ifPresent(fault ->
                                faults.put(prefix + "engine_fault", fault + "; a fresh model is being loaded"));
                deviceFault(id, model, ofModel).ifPresent(fault -> faults.put(prefix + "device_fault", fault));
            });
        });
        stored.faults()
                .forEach((name, fault) -> faults.put(
                        name, fault.text() + " (since " + fault.since().truncatedTo(ChronoUnit.SECONDS) + ")"));
        return faults;
    }

    /** Only a fault when the GPU was requested explicitly: {@code cuda} is merely the default. */
    private Optional<String> deviceFault(String id, LoadedModel model, ModelSettings settings) {
        boolean isGiven = control.given().contains(SettingKey.of(Setting.DEVICE))
                || control.given().contains(new SettingKey(id, Setting.DEVICE));
        boolean gpuRequested = isGiven && settings.get(Setting.DEVICE).equals(CUDA);
        return gpuRequested ? model.deviceFallback() : Optional.empty();
    }

    /** Response of {@code GET /health}. */
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
