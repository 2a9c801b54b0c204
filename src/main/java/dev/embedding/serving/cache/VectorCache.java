package dev.embedding.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.embedding.batch.RowCache;
import dev.embedding.serving.model.EmbeddedText;
import dev.embedding.serving.model.EmbeddingInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of texts that were computed before, bounded in bytes. A vector is found under the fingerprint of its model, its
 * prompt and its exact text, so what is kept outlives a change of the model. It is kept when its row is computed, whatever
 * becomes of the request. Thread-safe.
 */
public final class VectorCache implements RowCache<EmbeddedText> {

    /** Of an entry beside its vector's components: key, records, array, and Caffeine's node. */
    private static final int BYTES_OF_ENTRY = 256;

    /** Null when the cache is off. */
    private final @Nullable Cache<TextKey, EmbeddedText> vectors;

    private VectorCache(@Nullable Cache<TextKey, EmbeddedText> vectors) {
        this.vectors = vectors;
    }

    /** A cache that keeps nothing. */
    public static VectorCache off() {
        return new VectorCache(null);
    }

    /** @param bytes memory that vectors may take; with 0 the cache is off */
    public static VectorCache ofBytes(long bytes) {
        return bytes == 0
                ? off()
                : new VectorCache(Caffeine.newBuilder()
                        .maximumWeight(bytes)
                        .weigher((TextKey key, EmbeddedText text) -> bytes(text))
                        // What there is to tidy up is little; it needs no threads of its own.
                        .executor(Runnable::run)
                        .build());
    }

    private static int bytes(EmbeddedText text) {
        return BYTES_OF_ENTRY + Float.BYTES * text.vector().length;
    }

    /**
     * Looks a request's inputs up.
     *
     * @param fingerprint of the model that computes them
     * @param prompt in front of each text
     * @param use that the request makes of the cache
     * @param checkpoint called between two inputs; may throw to end the looking
     */
    public CacheLookup lookup(
            String fingerprint, String prompt, List<EmbeddingInput> inputs, CacheUse use, Runnable checkpoint) {
        return vectors == null || use.bypassed()
                ? CacheLookup.ofNothing(inputs, vectors == null ? 0 : inputs.size())
                : CacheLookup.of(
                        vectors::getIfPresent, new TextKey.Maker(fingerprint, prompt, use.scope()), inputs, checkpoint);
    }

    @Override
    public @Nullable EmbeddedText get(Object key) {
        return vectors == null || !(key instanceof TextKey text) ? null : vectors.getIfPresent(text);
    }

    @Override
    public void put(Object key, EmbeddedText value) {
        if (vectors != null && key instanceof TextKey text) {
            vectors.put(text, value);
        }
    }

    /** Memory that is taken, about. */
    public long bytes() {
        return vectors == null
                ? 0
                : vectors.policy()
                        .eviction()
                        .map(bound -> bound.weightedSize().orElse(0))
                        .orElse(0L);
    }

    /** Vectors that are kept, about. */
    public long size() {
        return vectors == null ? 0 : vectors.estimatedSize();
    }
}
