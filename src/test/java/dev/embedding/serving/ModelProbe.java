package dev.embedding.serving;

import dev.embedding.serving.cache.VectorCache;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.support.WorkerPools;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks at what a model keeps to itself. */
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

    /** Whether vectors are normalised at this moment even where the model's own modules do not. */
    public static boolean normalizes(ActiveModel active) {
        ActiveModel.Lease lease = active.lease().orElseThrow();
        lease.release();
        return lease.options().normalize();
    }

    /** Holds the model that is served until the answer is run. */
    public static Runnable hold(ActiveModel active) {
        return active.lease().orElseThrow()::release;
    }

    /** Embeds a text with whatever is served. */
    public static CompletableFuture<Embeddings> embed(ActiveModel active, String text) {
        return new InferenceService(active, WorkerPools.onCallingThread(), VectorCache.off())
                .embed(EmbeddingRequest.of(List.of(text)))
                .subscribeAsCompletionStage();
    }
}
