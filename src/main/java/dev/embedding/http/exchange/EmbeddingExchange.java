package dev.embedding.http.exchange;

import dev.embedding.http.edge.ExchangeCalls;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.http.edge.RejectionPacing;
import dev.embedding.http.edge.header.VectorSpaceHeader;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.CallContext;
import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.EmbeddingFailure;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.InferenceService;
import dev.embedding.serving.ServingMetrics;
import dev.embedding.serving.model.ModelHost;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * An embedding request from body to response, whatever its dialect: it is parsed and tokenized on a worker, and the
 * response is sent from the lane that completed it.
 */
@Singleton
public final class EmbeddingExchange {

    /** Answers with more vectors than this are encoded on a worker instead of the lane. */
    private static final int ENCODED_ON_LANE = 4;

    private final InferenceService inference;
    private final ActiveModel active;
    private final ServingMetrics metrics;
    private final ModelHost host;
    private final RejectionPacing pace;

    EmbeddingExchange(
            InferenceService inference,
            ActiveModel active,
            ServingMetrics metrics,
            ModelHost host,
            RejectionPacing pace) {
        this.inference = inference;
        this.active = active;
        this.metrics = metrics;
        this.host = host;
        this.pace = pace;
    }

    /** @param read takes the request from its body; called on a worker */
    public Uni<Response> answer(RoutingContext exchange, Function<JsonBody, ParsedRequest> read) {
        CallContext call = ExchangeCalls.of(exchange);
        call.watch(host.timer());
        return read(exchange, call, read)
                .chain(wanted -> inference
                        .embed(wanted.request(), call)
                        .chain(embeddings -> encoded(exchange, embeddings, call.startNanos(), wanted.form())))
                .onFailure(EmbeddingFailure.class)
                .invoke(metrics::failed)
                .onFailure(EmbeddingFailure.Saturated.class)
                .call(() -> delayRejection(call));
    }

    private Uni<ParsedRequest> read(RoutingContext exchange, CallContext call, Function<JsonBody, ParsedRequest> read) {
        return Uni.createFrom().emitter(emitter -> {
            call.onEnd(cause -> {
                if (cause == End.EXPIRED) {
                    emitter.fail(call.failure(cause));
                }
            });
            JsonBody body = JsonBody.of(exchange, call::check);
            Runnable release = InflightBytes.hold(exchange);
            host.workers().forBytes(body.length()).execute(() -> {
                try {
                    call.check();
                    ParsedRequest wanted = read.apply(body);
                    claimMemory(exchange, wanted);
                    emitter.complete(wanted);
                } catch (EmbeddingFailure.Cancelled nobodyWaits) {
                    // It was counted when its caller went.
                } catch (RuntimeException | Error failure) {
                    emitter.fail(failure);
                } finally {
                    release.run();
                }
            });
        });
    }

    /** What the request will need beside its body, until it is answered. */
    private void claimMemory(RoutingContext exchange, ParsedRequest wanted) {
        int vectors = wanted.request().inputs().size();
        active.model()
                .ifPresent(model -> InflightBytes.claim(
                        exchange,
                        model.waitingBytes(wanted.request().inputs())
                                + wanted.form().mostBytes(vectors, model.dimension())));
    }

    private Uni<Void> delayRejection(CallContext call) {
        Duration delay = pace.next(call);
        return delay.isZero()
                ? Uni.createFrom().voidItem()
                : Uni.createFrom()
                        .voidItem()
                        .onItem()
                        .delayIt()
                        .onExecutor(host.timer())
                        .by(delay);
    }

    private Uni<Response> encoded(RoutingContext exchange, Embeddings embeddings, long start, ResponseEncoder form) {
        Uni<Response> response = Uni.createFrom().item(() -> {
            long nanos = System.nanoTime() - start;
            metrics.succeeded(embeddings, nanos);
            VectorSpaceHeader.answer(exchange, embeddings.space().fingerprint());
            return Response.ok(form.encode(embeddings, nanos / 1e6), MediaType.APPLICATION_JSON_TYPE)
                    .header(ServerTiming.HEADER, ServerTiming.of(embeddings.timings(), nanos))
                    .build();
        });
        int vectors = embeddings.vectors().size();
        if (vectors <= ENCODED_ON_LANE) {
            return response;
        }
        Executor worker = host.workers()
                .forBytes(form.mostBytes(vectors, embeddings.space().dimension()));
        return response.runSubscriptionOn(worker);
    }
}
