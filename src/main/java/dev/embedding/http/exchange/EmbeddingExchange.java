package dev.embedding.http.exchange;

import dev.embedding.http.access.AccessControl;
import dev.embedding.http.edge.ExchangeCalls;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.edge.RejectionPacing;
import dev.embedding.http.edge.header.EmbeddingHeaders;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.EmbeddingRequest;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.FailureKind;
import dev.embedding.serving.InferenceService;
import dev.embedding.serving.ModelRegistry;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.ModelHost;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Handles an embedding request, whatever its dialect: parses and tokenizes it on a worker, and encodes the response on
 * the lane that finished it, or on a worker when it is large.
 */
@Singleton
public final class EmbeddingExchange {

    /** Responses with more vectors than this are encoded on a worker instead of the lane. */
    private static final int MAX_VECTORS_ON_LANE = 4;

    private final InferenceService inference;
    private final ModelRegistry models;
    private final ModelHost host;
    private final RejectionPacing pacing;

    EmbeddingExchange(InferenceService inference, ModelRegistry models, ModelHost host, RejectionPacing pacing) {
        this.inference = inference;
        this.models = models;
        this.host = host;
        this.pacing = pacing;
    }

    /**
     * Embedding request with the options of the headers and of the body.
     *
     * @throws RequestFailure when a header is invalid
     */
    public static EmbeddingRequest request(RoutingContext exchange, List<Input> inputs, EmbeddingOptions options) {
        EmbeddingRequest request = new EmbeddingRequest(
                inputs,
                options,
                EmbeddingHeaders.priority(exchange),
                EmbeddingHeaders.requiredSpace(exchange),
                EmbeddingHeaders.bypassCache(exchange)
                        ? Optional.empty()
                        : Optional.of(AccessControl.cacheScope(exchange)));
        EmbeddingHeaders.timeout(exchange); // validated only; a valid one is in force already
        return request;
    }

    /** @param read parses the request from its body; called on a worker */
    public Uni<Response> respond(RoutingContext exchange, Function<JsonBody, ParsedRequest> read) {
        CallContext call = ExchangeCalls.of(exchange);
        call.watch(host.timer());
        return read(exchange, call, read).chain(parsed -> inference
                .embed(parsed.request(), call)
                .onFailure(failure -> isOfKind(failure, FailureKind.SATURATED))
                .call(() -> delayRejection(call))
                .chain(embeddings -> encode(exchange, embeddings, call, parsed.encoder())));
    }

    private static boolean isOfKind(Throwable failure, FailureKind kind) {
        return failure instanceof RequestFailure known && known.kind() == kind;
    }

    private Uni<ParsedRequest> read(RoutingContext exchange, CallContext call, Function<JsonBody, ParsedRequest> read) {
        return Uni.createFrom().emitter(emitter -> {
            call.onEnd(cause -> {
                if (cause == End.EXPIRED) {
                    emitter.fail(call.deadlineExceeded(0));
                }
            });
            JsonBody body = JsonBody.of(exchange, call::check);
            Runnable release = InflightBytes.hold(exchange);
            host.workers().forBytes(body.length()).execute(() -> {
                try {
                    call.check();
                    ParsedRequest parsed = read.apply(body);
                    claimMemory(exchange, parsed);
                    emitter.complete(parsed);
                } catch (RuntimeException | Error failure) {
                    if (!isOfKind(failure, FailureKind.CANCELLED)) {
                        emitter.fail(failure);
                    }
                } finally {
                    release.run();
                }
            });
        });
    }

    /** Claims the memory that the request needs beside its body, until its response is sent. */
    private void claimMemory(RoutingContext exchange, ParsedRequest parsed) {
        int vectors = parsed.request().inputs().size();
        models.slotFor(parsed.request().choice())
                .flatMap(ModelSlot::model)
                .ifPresent(model -> InflightBytes.claim(
                        exchange,
                        model.waitingBytes(parsed.request().inputs())
                                + parsed.encoder().estimateBytes(vectors, model.dimension())));
    }

    private Uni<Void> delayRejection(CallContext call) {
        Duration delay = pacing.next(call);
        return delay.isZero()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .voidItem()
                        .onItem()
                        .delayIt()
                        .onExecutor(host.timer())
                        .by(delay);
    }

    private Uni<Response> encode(
            RoutingContext exchange, Embeddings embeddings, CallContext call, ResponseEncoder encoder) {
        Uni<Response> response = Uni.createFrom().item(() -> {
            long nanos = call.nanos();
            EmbeddingHeaders.setSpace(exchange, embeddings.space().fingerprint());
            return Response.ok(encoder.encode(embeddings, nanos / 1e6), MediaType.APPLICATION_JSON_TYPE)
                    .header(ServerTiming.HEADER, ServerTiming.of(embeddings.timings(), nanos))
                    .build();
        });
        int vectors = embeddings.vectors().size();
        if (vectors <= MAX_VECTORS_ON_LANE) {
            return response;
        }
        Executor worker = host.workers()
                .forBytes(encoder.estimateBytes(vectors, embeddings.space().dimension()));
        return response.runSubscriptionOn(worker);
    }
}
