package dev.embedding.serving;

import dev.embedding.serving.cache.VectorCache;
import dev.embedding.support.WorkerPools;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * Embeds texts with the served model.
 *
 * <p>Every request runs under one lease from its first to its last step, so that its texts are tokenized, computed and
 * normalised by the same model.
 */
public final class InferenceService {

    private final ActiveModel active;
    private final WorkerPools workers;
    private final VectorCache cache;

    /**
     * @param workers pools that tokenize all but the first portion of a request
     * @param cache cache of computed vectors
     */
    public InferenceService(ActiveModel active, WorkerPools workers, VectorCache cache) {
        this.active = active;
        this.workers = workers;
        this.cache = cache;
    }

    /**
     * Failure that any request with this priority would get now; empty when there is room, or no model is served.
     *
     * @param priority where the class depends on the size, both classes must be full
     */
    public Optional<EmbeddingFailure.Saturated> saturation(PriorityChoice priority) {
        return active.model()
                .flatMap(model -> model.saturation(priority.classes()))
                .map(EmbeddingFailure.Saturated::of);
    }

    /**
     * Embeds texts. The first portion is tokenized on the subscribing thread. When the call ends, by its caller or by
     * its deadline, rows that are not being computed are dropped; cancelling the subscription ends it too.
     *
     * @return the vectors, or an {@link EmbeddingFailure}
     */
    public Uni<Embeddings> embed(EmbeddingRequest request, CallContext context) {
        return Uni.createFrom().emitter(emitter -> {
            emitter.onTermination(() -> context.end(CallContext.End.CANCELLED));
            new InferenceCall(active, workers, cache, request, context, emitter).begin();
        });
    }
}
