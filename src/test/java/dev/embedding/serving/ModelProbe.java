package dev.embedding.serving;

import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.support.WorkerPools;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Access to package-private state of a served model, for tests. */
public final class ModelProbe {

    private ModelProbe() {}

    public static boolean isClosed(LoadedModel model) {
        try {
            int[] unused = model.tokenIds("a text");
            return false;
        } catch (IllegalStateException closed) {
            return true;
        }
    }

    public static int maxBatchSize(LoadedModel model) {
        return model.batcher().limits().maxRows();
    }

    /** Whether vectors are normalised now even where the model's modules do not. */
    public static boolean normalizes(DefaultModel active) {
        Lease lease = active.lease().orElseThrow();
        lease.release();
        return lease.options().normalize();
    }

    /** Takes a lease on the served model; the result releases it. */
    public static Runnable hold(DefaultModel active) {
        return active.lease().orElseThrow()::release;
    }

    /** Takes a lease on the model of a name; the result releases it. */
    public static Runnable hold(ModelRegistry registry, String name) {
        return registry.lease(new ModelChoice(Optional.of(new ModelName(name, false)), Optional.empty()))::release;
    }

    /** Embeds a text with the served model. */
    public static CompletableFuture<Embeddings> embed(ModelRegistry registry, String text) {
        return Requests.embed(
                        new InferenceService(
                                registry, new WorkerPools(Runnable::run, Runnable::run), VectorCache.off()),
                        Requests.of(List.of(text)))
                .subscribeAsCompletionStage();
    }
}
