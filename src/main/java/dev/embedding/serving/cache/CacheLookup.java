package dev.embedding.serving.cache;

import dev.embedding.serving.model.Input;
import dev.embedding.serving.model.Output;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Result of looking up the texts of a request: cached vectors, and the texts that are missing. */
public final class CacheLookup {

    private final boolean usesCache;
    private final int bypassed;
    private final List<@Nullable Output> cached;
    private final List<Missing> missing = new ArrayList<>();

    /** Text to be computed, with its index in the request. */
    private record Missing(int index, Input input, @Nullable TextKey key) {}

    private CacheLookup(boolean usesCache, int texts, int bypassed) {
        this.usesCache = usesCache;
        this.bypassed = bypassed;
        this.cached = new ArrayList<>(Collections.nCopies(texts, null));
    }

    /** @param bypassed number of texts to count as bypassed */
    static CacheLookup ofNothing(List<Input> inputs, int bypassed) {
        CacheLookup lookup = new CacheLookup(false, inputs.size(), bypassed);
        for (Input input : inputs) {
            lookup.missing.add(new Missing(lookup.missing.size(), input, null));
        }
        return lookup;
    }

    static CacheLookup of(
            Function<TextKey, @Nullable Output> cache, TextKey.Hasher keys, List<Input> inputs, Runnable checkpoint) {
        CacheLookup lookup = new CacheLookup(true, inputs.size(), 0);
        for (int index = 0; index < inputs.size(); index++) {
            checkpoint.run();
            TextKey key = keys.of(inputs.get(index));
            Output found = cache.apply(key);
            lookup.cached.set(index, found);
            if (found == null) {
                lookup.missing.add(new Missing(index, inputs.get(index), key));
            }
        }
        return lookup;
    }

    /** Whether all texts are cached. */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /** Texts to be computed, in the request's order. */
    public List<Input> missing() {
        return missing.stream().map(Missing::input).toList();
    }

    /** Indices in the request of cached texts that were truncated. */
    public List<Integer> truncated() {
        return IntStream.range(0, cached.size())
                .filter(index -> isTruncated(cached.get(index)))
                .boxed()
                .toList();
    }

    private static boolean isTruncated(@Nullable Output text) {
        return text != null && text.truncated();
    }

    /** The index in the request of a text to be computed. */
    public int indexOf(int missingText) {
        return missing.get(missingText).index();
    }

    /** Cache key of a missing text, equal for equal texts; null where texts are not shared. */
    public @Nullable Object keyOf(int missingText) {
        return missing.get(missingText).key();
    }

    /** Outputs for all texts of the request, given the computed ones. */
    @SuppressWarnings("NullAway") // Each is cached or computed.
    public List<Output> with(List<Output> computed) {
        for (int index = 0; index < computed.size(); index++) {
            cached.set(missing.get(index).index(), computed.get(index));
        }
        return Collections.unmodifiableList(cached);
    }

    /** @param shared number of missing texts that were shared instead of computed */
    public CacheCounts counts(int shared) {
        return usesCache
                ? new CacheCounts(cached.size() - missing.size(), shared, missing.size() - shared, 0)
                : new CacheCounts(0, 0, 0, bypassed);
    }
}
