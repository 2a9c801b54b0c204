package dev.embedding.http.exchange;

import dev.embedding.http.edge.EmbeddingSpace;
import dev.embedding.http.edge.InflightBytes;
import dev.embedding.serving.ActiveModel;
import dev.embedding.serving.Embedder;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.ModelHost;
import dev.embedding.telemetry.EmbeddingMeters;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The way of a request for vectors, whatever its dialect: it is parsed and tokenized on a worker, and answered from the
 * lane that finished it.
 */
@Singleton
public final class VectorExchange {

    /** Answers with more vectors than this are encoded on a worker instead of the lane. */
    private static final int ENCODED_ON_LANE = 4;

    private final Embedder embedder;
    private final ActiveModel active;
    private final EmbeddingMeters meters;
    private final Executor workers;

    VectorExchange(Embedder embedder, ActiveModel active, EmbeddingMeters meters, ModelHost host) {
        this.embedder = embedder;
        this.active = active;
        this.meters = meters;
        this.workers = host.workers();
    }

    /** @param parse reads the request; called on a worker */
    public Uni<Response> answer(RoutingContext exchange, Supplier<VectorRequest> parse) {
        long start = System.nanoTime();
        return Uni.createFrom()
                .item(parse)
                .runSubscriptionOn(workers)
                .invoke(read -> expectAnswer(exchange, read))
                .chain(read -> embedder.embed(read.request())
                        .onFailure()
                        .invoke(meters::failed)
                        .onCancellation()
                        .invoke(meters::cancelled)
                        .chain(embeddings -> encoded(exchange, embeddings, start, read.form())));
    }

    private void expectAnswer(RoutingContext exchange, VectorRequest read) {
        int vectors = read.request().inputs().size();
        active.model()
                .ifPresent(model ->
                        InflightBytes.expectAnswer(exchange, read.form().mostBytes(vectors, model.dimension())));
    }

    private Uni<Response> encoded(RoutingContext exchange, Embeddings embeddings, long start, AnswerForm form) {
        Uni<Response> response = Uni.createFrom().item(() -> {
            long nanos = System.nanoTime() - start;
            meters.answered(embeddings, nanos);
            EmbeddingSpace.answer(exchange, embeddings.space().fingerprint());
            return Response.ok(form.encode(embeddings, nanos / 1e6), MediaType.APPLICATION_JSON_TYPE)
                    .header(ServerTiming.HEADER, ServerTiming.of(embeddings.timings(), nanos))
                    .build();
        });
        return embeddings.vectors().size() > ENCODED_ON_LANE ? response.runSubscriptionOn(workers) : response;
    }
}
