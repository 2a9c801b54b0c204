package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.model.LoadedModel;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** OpenAI's endpoints for models: the served ones, under each of their listed names. */
@Path("/")
@Tag(name = "OpenAI")
public class OpenAiModels {

    private static final String OWNER = "embedding-service";

    private final ModelRegistry models;

    OpenAiModels(ModelRegistry models) {
        this.models = models;
    }

    /** {@code GET /v1/models}. */
    @GET
    @Path(OpenAiRoutes.MODELS)
    @Operation(
            operationId = "listModels",
            summary = "The models that are served, and their aliases",
            description = "Also at /models and /openai/v1/models.")
    @APIResponse(
            responseCode = "200",
            description = "The names that they are listed by",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ModelList.class)))
    public Uni<ModelList> list() {
        return Uni.createFrom().item(() -> {
            List<Model> listed = new ArrayList<>();
            models.listedNames()
                    .forEach((name, slot) -> slot.model().ifPresent(model -> listed.add(model(name, model))));
            if (listed.isEmpty()) {
                throw RequestFailure.noModel();
            }
            return new ModelList("list", listed);
        });
    }

    /** {@code GET /v1/models/{id}}. */
    @GET
    @Path(OpenAiRoutes.MODELS + OpenAiRoutes.ID)
    @Operation(operationId = "retrieveModel", summary = "A model, by any name that requests may use for it")
    @APIResponse(
            responseCode = "200",
            description = "The model",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Model.class)))
    @APIResponse(
            responseCode = "404",
            description = "No model of that name is served",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = OpenAiError.class)))
    public Uni<RestResponse<Model>> retrieve(
            @Parameter(
                            description = "May contain slashes, encoded or not",
                            schema = @Schema(type = SchemaType.STRING, pattern = "^[A-Za-z0-9._@/-]+$"))
                    @PathParam("id")
                    String id) {
        return Uni.createFrom().item(() -> {
            ModelSlot slot = models.slotOfName(id);
            LoadedModel model = slot.model().orElseThrow(() -> RequestFailure.noModel(slot.id()));
            return RestResponse.ResponseBuilder.ok(model(id, model), MediaType.APPLICATION_JSON_TYPE)
                    .header(EmbeddingHeaders.SPACE, slot.fingerprint().orElseThrow())
                    .build();
        });
    }

    /** {@code GET /models}. */
    @GET
    @Path(OpenAiRoutes.MODELS_WITHOUT_VERSION)
    @Operation(hidden = true)
    public Uni<ModelList> listWithoutVersion() {
        return list();
    }

    /** {@code GET /models/{id}}. */
    @GET
    @Path(OpenAiRoutes.MODELS_WITHOUT_VERSION + OpenAiRoutes.ID)
    @Operation(hidden = true)
    public Uni<RestResponse<Model>> retrieveWithoutVersion(@PathParam("id") String id) {
        return retrieve(id);
    }

    /** {@code GET /openai/v1/models}. */
    @GET
    @Path(OpenAiRoutes.MODELS_UNDER_OPENAI)
    @Operation(hidden = true)
    public Uni<ModelList> listUnderOpenAiPath() {
        return list();
    }

    /** {@code GET /openai/v1/models/{id}}. */
    @GET
    @Path(OpenAiRoutes.MODELS_UNDER_OPENAI + OpenAiRoutes.ID)
    @Operation(hidden = true)
    public Uni<RestResponse<Model>> retrieveUnderOpenAiPath(@PathParam("id") String id) {
        return retrieve(id);
    }

    private static Model model(String name, LoadedModel model) {
        return new Model(name, "model", model.loadedAt().getEpochSecond(), OWNER);
    }

    /** List of the served models' names. */
    @Schema(name = "OpenAiModelList")
    public record ModelList(
            @Schema(required = true, enumeration = "list") String object,
            @Schema(required = true) List<Model> data) {}

    /** One name of a served model. */
    @Schema(name = "OpenAiModel")
    public record Model(
            @Schema(required = true) String id,
            @Schema(required = true, enumeration = "model") String object,

            @Schema(required = true, description = "When it was loaded, in seconds since 1970")
            long created,

            @Schema(required = true) @JsonProperty("owned_by")
            String ownedBy) {}
}
