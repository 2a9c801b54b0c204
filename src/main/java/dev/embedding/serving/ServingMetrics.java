package dev.embedding.serving;

import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.serving.model.ServingListener;
import dev.embedding.telemetry.EmbeddingMeters;
import java.util.Locale;

/** Records requests and batches: converts results and failures to values of meters. */
public final class ServingMetrics implements ServingListener {

    private final EmbeddingMeters meters;

    public ServingMetrics(EmbeddingMeters meters) {
        this.meters = meters;
    }

    @Override
    public void batchComputed(int rows, long tokens, long paddedTokens, long nanos) {
        meters.batchComputed(rows, tokens, paddedTokens, nanos);
    }

    @Override
    public void batchRerun(RerunCause cause) {
        meters.batchRerun(cause.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Records a request that got vectors.
     *
     * @param nanos time since its headers were read
     */
    public void succeeded(Embeddings embeddings, long nanos) {
        meters.requestSucceeded(
                embeddings.vectors().size(), nanos, embeddings.timings().queueNanos());
        CacheCounts sources = embeddings.sources();
        meters.cacheUsed(sources.hits(), sources.shared(), sources.misses(), sources.bypassed());
    }

    /** Records a request that passed validation but got no vectors. */
    public void failed(Throwable failure) {
        if (isRejection(failure)) {
            meters.requestRejected(outcome(failure));
        } else {
            meters.requestFailed(outcome(failure));
        }
    }

    /** Records a caller that disconnected before the response. */
    public void cancelled() {
        meters.requestRejected("cancelled");
    }

    /** Whether the request was invalid, as opposed to a failure of the service. */
    private static boolean isRejection(Throwable failure) {
        return failure instanceof EmbeddingFailure.SpaceMismatch
                || failure instanceof EmbeddingFailure.UnknownModel
                || failure instanceof EmbeddingFailure.Mismatch;
    }

    private static String outcome(Throwable failure) {
        return failure instanceof EmbeddingFailure known ? known.outcome() : "failed";
    }
}
