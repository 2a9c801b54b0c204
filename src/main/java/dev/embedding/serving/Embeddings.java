package dev.embedding.serving;

import dev.embedding.serving.cache.CacheCounts;
import java.util.List;

/**
 * The vectors of one request.
 *
 * @param vectors one a text, in the texts' order, each {@code [dimension]}
 * @param tokens how many tokens the model saw in all
 * @param truncated indices of texts that were cut to the model's maximum length, ascending
 * @param space what they were made with
 * @param sources where they came from
 */
public record Embeddings(
        List<float[]> vectors,
        int tokens,
        List<Integer> truncated,
        VectorSpace space,
        Timings timings,
        CacheCounts sources) {

    /**
     * @param modelName as the operator gave it
     * @param dimension components of each vector
     * @param fingerprint identifies the space; vectors of different fingerprints must not be mixed
     */
    public record VectorSpace(String modelName, int dimension, String fingerprint) {}

    /** Nanoseconds; {@code queue} ends when the first batch is cut, {@code compute} when the last row is computed. */
    public record Timings(long tokenizeNanos, long queueNanos, long computeNanos) {
        /** Nothing was computed. */
        static final Timings NONE = new Timings(0, 0, 0);
    }
}
