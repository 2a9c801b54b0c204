package dev.embedding.http.openai;

import dev.embedding.http.exchange.EmbeddingExchange;
import dev.embedding.http.exchange.ParsedRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** OpenAI's endpoint for embeddings, under the paths that its clients derive from their base URLs. */
@Path("/")
@Tag(name = "OpenAI")
public class OpenAiResource {

    private final EmbeddingExchange embedding;

    OpenAiResource(EmbeddingExchange embedding) {
        this.embedding = embedding;
    }

    /** {@code POST /v1/embeddings}. */
    @POST
    @Path(OpenAiRoutes.EMBEDDINGS)
    @Operation(
            operationId = "createEmbedding",
            summary = "Embed up to 2048 inputs, as OpenAI's API does",
            description = "Also at /embeddings and /openai/v1/embeddings.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbeddingsRequest.class)))
    @APIResponse(
            responseCode = "200",
            description = "One vector an input",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbeddingsList.class)))
    public Uni<Response> embeddings(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return embedding.respond(exchange, body -> {
            EmbeddingsRequest parsed = body.read(EmbeddingsRequest.class);
            return new ParsedRequest(
                    EmbeddingExchange.request(exchange, parsed.input(), parsed.options()), parsed.encoder());
        });
    }

    /** {@code POST /embeddings}. */
    @POST
    @Path(OpenAiRoutes.EMBEDDINGS_WITHOUT_VERSION)
    @Operation(hidden = true)
    public Uni<Response> withoutVersion(@Context RoutingContext exchange) {
        return embeddings(exchange);
    }

    /** {@code POST /openai/v1/embeddings}. */
    @POST
    @Path(OpenAiRoutes.EMBEDDINGS_UNDER_OPENAI)
    @Operation(hidden = true)
    public Uni<Response> underOpenAiPath(@Context RoutingContext exchange) {
        return embeddings(exchange);
    }
}
