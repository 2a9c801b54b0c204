package dev.embedding.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.edge.Body;
import dev.embedding.http.edge.EmbeddingSpace;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.edge.RequestId;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.Embedder;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.ModelHost;
import dev.embedding.serving.PromptChoice;
import dev.embedding.telemetry.EmbeddingMeters;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Supplier;
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

/** Texts to vectors. Requests are parsed and tokenized on a worker, and answered from the lane that finished them. */
@Path("/embed")
@Tag(name = "Embeddings")
public class EmbedResource {

    /** Answers with more vectors than this are encoded on a worker instead of the lane. */
    private static final int ENCODED_ON_LANE = 4;

    private static final String INPUT_TYPE =
            "Whether the texts are searched for or are searched: chooses the model's prompt for it";
    private static final String PROMPT_NAME =
            "Name of one of the model's prompts, which /model/info lists; wins over input_type";

    private final Embedder embedder;
    private final ActiveModel active;
    private final EmbeddingMeters meters;
    private final Executor workers;

    EmbedResource(Embedder embedder, ActiveModel active, EmbeddingMeters meters, ModelHost host) {
        this.embedder = embedder;
        this.active = active;
        this.meters = meters;
        this.workers = host.workers();
    }

    /** {@code POST /embed}. */
    @POST
    @Operation(operationId = "embed", summary = "Embed up to 1000 texts")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedRequestBody.class)))
    @APIResponse(
            responseCode = "200",
            description = "One vector a text",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedAnswer.class)))
    public Uni<Response> embed(@Parameter(hidden = true) @Context RoutingContext exchange) {
        String requestId = RequestId.of(exchange);
        return answer(
                exchange,
                () -> {
                    EmbedBody body = EmbedBody.parse(RequestHeaders.requireJson(exchange, Body.of(exchange)));
                    return request(exchange, body.texts(), body.prompt());
                },
                (embeddings, millis) -> EmbedAnswers.embed(embeddings, requestId, millis));
    }

    /** {@code POST /embed/single}. */
    @POST
    @Path("/single")
    @Operation(
            operationId = "embedSingle",
            summary = "Embed one text",
            description =
                    "The text is the query parameter, else the body: a JSON string, or an object with the field text.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(oneOf = {String.class, SingleBody.class})))
    @Parameter(
            name = "text",
            in = ParameterIn.QUERY,
            description = "The text; wins over the body",
            schema = @Schema(type = SchemaType.STRING))
    @APIResponse(
            responseCode = "200",
            description = "The text's vector",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EmbedAnswer.Single.class)))
    public Uni<Response> single(@Parameter(hidden = true) @Context RoutingContext exchange) {
        return answer(
                exchange,
                () -> {
                    SingleText single = SingleText.fromQuery(exchange.request().uri())
                            .orElseGet(
                                    () -> SingleText.fromBody(RequestHeaders.requireJson(exchange, Body.of(exchange))));
                    return request(exchange, List.of(single.text()), single.prompt());
                },
                EmbedAnswers::single);
    }

    /** The body of {@code POST /embed}, for the API's document. */
    @Schema(name = "EmbedRequest")
    public record EmbedRequestBody(
            @Schema(
                    description = "Texts to embed, none empty or only white space",
                    required = true,
                    minItems = 1,
                    maxItems = EmbedBody.MAX_TEXTS)
            List<String> texts,

            @Schema(
                    description = INPUT_TYPE,
                    enumeration = {"query", "document"},
                    nullable = true)
            @JsonProperty(PromptFields.INPUT_TYPE)
            @Nullable
            String inputType,

            @Schema(description = PROMPT_NAME, nullable = true) @JsonProperty(PromptFields.PROMPT_NAME) @Nullable
            String promptName) {}

    /** The body of {@code POST /embed/single} when it is an object, for the API's document. */
    @Schema(name = "EmbedSingleRequest")
    public record SingleBody(
            @Schema(description = "The text, not empty and not only white space", required = true)
            String text,

            @Schema(
                    description = INPUT_TYPE,
                    enumeration = {"query", "document"},
                    nullable = true)
            @JsonProperty(PromptFields.INPUT_TYPE)
            @Nullable
            String inputType,

            @Schema(description = PROMPT_NAME, nullable = true) @JsonProperty(PromptFields.PROMPT_NAME) @Nullable
            String promptName) {}

    private static EmbeddingRequest request(RoutingContext exchange, List<String> texts, PromptChoice prompt) {
        return new EmbeddingRequest(
                texts,
                prompt,
                RequestHeaders.priority(exchange),
                EmbeddingSpace.required(exchange),
                RequestHeaders.timeout(exchange),
                RequestHeaders.bypassesCache(exchange));
    }

    private Uni<Response> answer(
            RoutingContext exchange,
            Supplier<EmbeddingRequest> request,
            BiFunction<Embeddings, Double, byte[]> encode) {
        long start = System.nanoTime();
        return Uni.createFrom()
                .item(request)
                .runSubscriptionOn(workers)
                .invoke(read -> expectAnswer(exchange, read.texts().size()))
                .chain(read -> embedder.embed(read)
                        .onFailure()
                        .invoke(meters::failed)
                        .onCancellation()
                        .invoke(meters::cancelled))
                .chain(embeddings -> encoded(exchange, embeddings, start, encode));
    }

    private void expectAnswer(RoutingContext exchange, int texts) {
        active.model()
                .ifPresent(model ->
                        InflightBytes.expectAnswer(exchange, EmbedAnswers.mostBytes(texts, model.dimension())));
    }

    private Uni<Response> encoded(
            RoutingContext exchange, Embeddings embeddings, long start, BiFunction<Embeddings, Double, byte[]> encode) {
        Uni<Response> response = Uni.createFrom().item(() -> {
            long nanos = System.nanoTime() - start;
            meters.answered(embeddings, nanos);
            EmbeddingSpace.answer(exchange, embeddings.space().fingerprint());
            return Response.ok(encode.apply(embeddings, nanos / 1e6), MediaType.APPLICATION_JSON_TYPE)
                    .header(ServerTiming.HEADER, ServerTiming.of(embeddings.timings(), nanos))
                    .build();
        });
        return embeddings.vectors().size() > ENCODED_ON_LANE ? response.runSubscriptionOn(workers) : response;
    }
}
