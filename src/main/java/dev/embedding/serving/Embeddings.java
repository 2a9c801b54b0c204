package dev.embedding.serving;

import dev.embedding.serving.cache.CacheCounts;
import java.util.List;

/**
 * Result of one request.
 *
 * @param vectors one per text, in the texts' order, each {@code [dimension]}
 * @param tokens total number of tokens of the texts
 * @param truncated indices of texts that were truncated to the model's maximum length, ascending
 * @param space model and vector space of the vectors
 * @param timings durations of the steps
 * @param sources counts of cache hits and misses
 */
public record Embeddings(
        List<float[]> vectors,
        int tokens,
        List<Integer> truncated,
        VectorSpace space,
        Timings timings,
        CacheCounts sources) {

    /**
     * Vector space of the vectors.
     *
     * @param modelName name of the model as configured
     * @param dimension dimension of each vector
     * @param fingerprint identifies the space; vectors of different fingerprints must not be mixed
     */
    public record VectorSpace(String modelName, int dimension, String fingerprint) {}

    /**
     * Timings in nanoseconds; {@code queue} ends when the first batch is cut, {@code compute} when the last row is
     * computed.
     */
    public record Timings(long tokenizeNanos, long queueNanos, long computeNanos) {
        /** Nothing was computed. */
        static final Timings NONE = new Timings(0, 0, 0);
    }
}
