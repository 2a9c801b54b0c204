package dev.embedding.http.operations;

import dev.embedding.http.edge.dialect.ErrorBody;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.reload.SettingsControl;
import dev.embedding.serving.ModelChoice;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.model.GpuMemory;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.serving.model.ModelHost;
import dev.embedding.settings.ModelSettings;
import dev.embedding.support.WorkerPools;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** A served model: its properties, device and files. */
@Path(OperationsRoutes.MODEL_INFO)
@Tag(name = "Operation")
public class ModelResource {

    private static final String CUDA = "cuda";

    private final ModelRegistry models;
    private final SettingsControl control;
    private final WorkerPools workers;

    ModelResource(ModelRegistry models, SettingsControl control, ModelHost host) {
        this.models = models;
        this.control = control;
        this.workers = host.workers();
    }

    /** {@code GET /model/info}. */
    @GET
    @Operation(operationId = "modelInfo", summary = "A model that is served")
    @APIResponse(
            responseCode = "200",
            description = "The model",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ModelInfo.class)))
    @APIResponse(
            responseCode = "404",
            description = "No model of that name is served",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ErrorBody.class)))
    public Uni<RestResponse<ModelInfo>> info(
            @Parameter(description = "Id, alias or name of the model; by default that of requests without a name")
                    @QueryParam("model")
                    @Nullable
                    String name) {
        return Uni.createFrom()
                .item(() -> models.chosen(ModelChoice.named(name)))
                .chain(this::info);
    }

    private Uni<RestResponse<ModelInfo>> info(ModelSlot slot) {
        LoadedModel model = slot.model().orElseThrow(() -> RequestFailure.noModel(slot.id()));
        if (!model.device().equals(CUDA)) {
            return Uni.createFrom().item(() -> response(slot, model, Optional.empty()));
        }
        return Uni.createFrom()
                .item(() -> response(slot, model, GpuMemory.query()))
                .runSubscriptionOn(workers.forLongWork());
    }

    private RestResponse<ModelInfo> response(ModelSlot slot, LoadedModel model, Optional<GpuMemory> memory) {
        // The slot and the settings are read one after the other, and a model may be removed between the two.
        ModelSettings settings = Optional.ofNullable(control.current().models().get(slot.id()))
                .orElseThrow(() -> RequestFailure.noModel(slot.id()));
        ModelInfo info = ModelInfo.of(slot, model, settings, memory);
        return RestResponse.ResponseBuilder.ok(info, MediaType.APPLICATION_JSON_TYPE)
                .header(EmbeddingHeaders.SPACE, info.fingerprint())
                .build();
    }
}
