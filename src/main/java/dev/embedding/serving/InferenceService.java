package dev.embedding.serving;

import dev.embedding.serving.cache.VectorCache;
import dev.embedding.support.WorkerPools;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * The use case: texts in, vectors out.
 *
 * <p>Every request runs under one lease from its first to its last step, so that its texts are tokenized, computed and
 * normalised by the same model.
 */
public final class InferenceService {

    private final ActiveModel active;
    private final WorkerPools workers;
    private final VectorCache cache;

    /**
     * @param workers tokenize what the calling thread should not be kept with
     * @param cache vectors that need not be computed again
     */
    public InferenceService(ActiveModel active, WorkerPools workers, VectorCache cache) {
        this.active = active;
        this.workers = workers;
        this.cache = cache;
    }

    /**
     * Why requests of this class would be refused at this moment, whatever is in them; empty when they would not, or no
     * model is served.
     *
     * @param priority of a request whose class depends on its size, only when both classes are full
     */
    public Optional<EmbeddingFailure.Saturated> saturation(PriorityChoice priority) {
        return active.model()
                .flatMap(model -> model.saturation(priority.classes()))
                .map(EmbeddingFailure.Saturated::of);
    }

    /** Embeds the texts of a caller that names no deadline and waits for the response. */
    public Uni<Embeddings> embed(EmbeddingRequest request) {
        return Uni.createFrom().deferred(() -> embed(request, CallContext.begin(Optional.empty())));
    }

    /**
     * Embeds the texts. The beginning is tokenized on the subscribing thread. When the call ends, by its caller or by its
     * deadline, whatever is not being computed yet is dropped; cancelling the subscription ends it too.
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
