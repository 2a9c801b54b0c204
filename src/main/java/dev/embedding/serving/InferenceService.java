package dev.embedding.serving;

import dev.embedding.batch.QueueFullException;
import dev.embedding.serving.CallContext.End;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.support.WorkerPools;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Embeds texts with the served models.
 *
 * <p>Every request runs under one lease from its first to its last step, so that its texts are tokenized, computed and
 * normalised by the same model.
 */
public final class InferenceService {

    private final ModelRegistry models;
    final WorkerPools workers;
    final VectorCache cache;

    /**
     * @param workers pools that tokenize all but the first portion of a request
     * @param cache cache of computed vectors
     */
    public InferenceService(ModelRegistry models, WorkerPools workers, VectorCache cache) {
        this.models = models;
        this.workers = workers;
        this.cache = cache;
    }

    /**
     * Failure that any request with this priority would get now, whatever model it names; empty when a model has room,
     * or none is served.
     *
     * @param priority where the class depends on the size, both classes must be full
     */
    public Optional<RequestFailure> saturation(PriorityChoice priority) {
        Optional<QueueFullException> soonest = Optional.empty();
        for (LoadedModel model : models.served()) {
            Optional<QueueFullException> full = model.saturation(priority.classes());
            if (full.isEmpty()) {
                return Optional.empty();
            }
            soonest = Stream.concat(soonest.stream(), full.stream())
                    .min(Comparator.comparing(QueueFullException::retryAfter));
        }
        return soonest.map(RequestFailure::saturated);
    }

    /**
     * Embeds texts. The first portion is tokenized on the subscribing thread. When the call ends, by its caller or by
     * its deadline, rows that are not being computed are dropped; cancelling the subscription ends it too.
     *
     * @return the vectors, or a {@link RequestFailure}
     */
    public Uni<Embeddings> embed(EmbeddingRequest request, CallContext context) {
        return Uni.createFrom().emitter(emitter -> {
            context.onEnd(cause -> {
                if (cause == End.EXPIRED) {
                    emitter.fail(context.deadlineExceeded(queuedTokens()));
                }
            });
            emitter.onTermination(() -> context.end(End.CANCELLED));
            attempt(request, context, emitter, false);
        });
    }

    private long queuedTokens() {
        return models.served().stream().mapToLong(LoadedModel::queuedTokens).sum();
    }

    /**
     * Begins an attempt under a new lease.
     *
     * @param moved whether another model admitted the request and was replaced before it started it
     */
    void attempt(EmbeddingRequest request, CallContext context, UniEmitter<? super Embeddings> emitter, boolean moved) {
        Lease lease;
        try {
            lease = models.lease(request.choice());
        } catch (RequestFailure refused) {
            context.served(models.slotFor(request.choice().ofAnySpace()).flatMap(ModelSlot::fingerprint));
            if (context.end(End.DONE)) {
                emitter.fail(refused);
            }
            return;
        }
        context.leased(lease.modelId());
        context.served(Optional.of(lease.fingerprint()));
        new InferenceCall(this, lease, request, context, emitter).run(moved);
    }
}
