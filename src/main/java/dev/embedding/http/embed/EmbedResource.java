package dev.embedding.http.embed;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.edge.header.RequestId;
import dev.embedding.http.exchange.EmbeddingExchange;
import dev.embedding.http.exchange.ParsedRequest;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.model.Input;
import dev.embedding.support.Utf8Text;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The service's own embedding endpoints. */
@Path("/")
@Tag(name = "Embeddings")
public class EmbedResource {

    private static final String MODEL = "Id, alias or name of the model; null or an empty text chooses the default one."
            + " A name that is unknown is ignored while only one model is served";
    private static final String INPUT_TYPE =
            "Whether the texts are searched for or are searched: chooses the model's prompt for it";
    private static final String PROMPT_NAME =
            "Name of one of the model's prompts, which /model/info lists; wins over input_type";

    private final EmbeddingExchange embedding;

    EmbedResource(EmbeddingExchange embedding) {
        this.embedding = embedding;
    }

    /** {@code POST /embed}. */
    @POST
    @Path(EmbedRoutes.EMBED)
    @Operation(operationId = "embed", summary = "Embed up to 1000 texts")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedSchema.class)))
    @APIResponse(
            responseCode = "200",
            description = "One vector a text",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedResponse.class)))
    public Uni<Response> embed(@Parameter(hidden = true) @Context RoutingContext exchange) {
        String requestId = RequestId.of(exchange);
        return embedding.respond(exchange, body -> {
            EmbedRequestBody parsed = EmbedRequestBody.parse(body);
            return new ParsedRequest(
                    request(exchange, parsed.texts(), parsed.options()), new EmbedResponseEncoder.Many(requestId));
        });
    }

    /** {@code POST /embed/single}. */
    @POST
    @Path(EmbedRoutes.SINGLE)
    @Operation(
            operationId = "embedSingle",
            summary = "Embed one text",
            description =
                    "The text is the query parameter, else the body: a JSON string, or an object with the field text.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(oneOf = {String.class, EmbedSingleSchema.class})))
    @Parameter(
            name = EmbedSingleRequestBody.TEXT,
            in = ParameterIn.QUERY,
            description = "The text; wins over the body",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = OptionFields.MODEL,
            in = ParameterIn.QUERY,
            description = "Name of the model, as in a body; wins over the body",
            schema = @Schema(type = SchemaType.STRING))
    @APIResponse(
            responseCode = "200",
            description = "The text's vector",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedResponse.Single.class)))
    public Uni<Response> single(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return embedding.respond(exchange, body -> {
            EmbedSingleQuery query = EmbedSingleQuery.parse(exchange.request().uri());
            EmbedSingleRequestBody single =
                    query.text().map(EmbedSingleRequestBody::of).orElseGet(() -> EmbedSingleRequestBody.parse(body));
            EmbeddingOptions options =
                    query.model().map(single.options()::withModel).orElseGet(single::options);
            return new ParsedRequest(
                    request(exchange, List.of(single.text()), options), new EmbedResponseEncoder.Single());
        });
    }

    /** Body of {@code POST /embed}, for the OpenAPI document. */
    @Schema(name = "EmbedRequest")
    public record EmbedSchema(
            @Schema(
                    description = "Texts to embed, none empty or only white space",
                    required = true,
                    minItems = 1,
                    maxItems = EmbedRequestBody.MAX_TEXTS)
            List<String> texts,

            @Schema(description = MODEL, nullable = true) @Nullable
            String model,

            @Schema(
                    description = INPUT_TYPE,
                    enumeration = {"query", "document"},
                    nullable = true)
            @JsonProperty(OptionFields.INPUT_TYPE)
            @Nullable
            String inputType,

            @Schema(description = PROMPT_NAME, nullable = true) @JsonProperty(OptionFields.PROMPT_NAME) @Nullable
            String promptName) {}

    /** Body of {@code POST /embed/single} when it is an object, for the OpenAPI document. */
    @Schema(name = "EmbedSingleRequest")
    public record EmbedSingleSchema(
            @Schema(description = "The text, not empty and not only white space", required = true)
            String text,

            @Schema(description = MODEL, nullable = true) @Nullable
            String model,

            @Schema(
                    description = INPUT_TYPE,
                    enumeration = {"query", "document"},
                    nullable = true)
            @JsonProperty(OptionFields.INPUT_TYPE)
            @Nullable
            String inputType,

            @Schema(description = PROMPT_NAME, nullable = true) @JsonProperty(OptionFields.PROMPT_NAME) @Nullable
            String promptName) {}

    private static EmbeddingRequest request(RoutingContext exchange, List<Utf8Text> texts, EmbeddingOptions options) {
        return EmbeddingExchange.request(
                exchange, texts.stream().<Input>map(Input.Text::new).toList(), options);
    }
}
