package dev.embedding.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.embedding.batch.RowCache;
import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.Output;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cache of computed vectors, bounded in bytes. The key covers the fingerprint of the model, the prompt and the exact
 * text, so entries stay valid across changes of the model. A vector is cached when its row is computed, even if the
 * request fails or is cancelled. Thread-safe.
 */
public final class VectorCache implements RowCache<Output> {

    /** Memory of an entry besides its vector's components: key, records, array, and Caffeine's node. */
    private static final int ENTRY_OVERHEAD_BYTES = 256;

    /** Null when the cache is off. */
    private final @Nullable Cache<TextKey, Output> vectors;

    private VectorCache(@Nullable Cache<TextKey, Output> vectors) {
        this.vectors = vectors;
    }

    /** A cache that stores nothing. */
    public static VectorCache off() {
        return new VectorCache(null);
    }

    /** @param bytes maximum memory; 0 switches the cache off */
    public static VectorCache ofBytes(long bytes) {
        return bytes == 0
                ? off()
                : new VectorCache(Caffeine.newBuilder()
                        .maximumWeight(bytes)
                        .weigher((TextKey key, Output text) -> bytes(text))
                        // Maintenance is cheap and needs no threads of its own.
                        .executor(Runnable::run)
                        .build());
    }

    private static int bytes(Output text) {
        return ENTRY_OVERHEAD_BYTES + text.bytes();
    }

    /**
     * Looks a request's inputs up.
     *
     * @param fingerprint fingerprint of the model
     * @param prompt prepended to each text
     * @param scope scope in which vectors are shared; empty to compute all inputs
     * @param checkpoint called between two inputs; may throw to cancel the lookup
     */
    public CacheLookup lookup(
            String fingerprint, String prompt, List<Input> inputs, Optional<String> scope, Runnable checkpoint) {
        return vectors == null || scope.isEmpty()
                ? CacheLookup.ofNothing(inputs, vectors == null ? 0 : inputs.size())
                : CacheLookup.of(
                        vectors::getIfPresent,
                        new TextKey.Hasher(fingerprint, prompt, scope.get()),
                        inputs,
                        checkpoint);
    }

    @Override
    public @Nullable Output get(Object key) {
        return vectors == null || !(key instanceof TextKey text) ? null : vectors.getIfPresent(text);
    }

    @Override
    public void put(Object key, Output value) {
        if (vectors != null && key instanceof TextKey text) {
            vectors.put(text, value);
        }
    }

    /** Approximate memory in use, in bytes. */
    public long bytes() {
        return vectors == null
                ? 0
                : vectors.policy()
                        .eviction()
                        .map(bound -> bound.weightedSize().orElse(0))
                        .orElse(0L);
    }

    /** Approximate number of cached vectors. */
    public long size() {
        return vectors == null ? 0 : vectors.estimatedSize();
    }
}
