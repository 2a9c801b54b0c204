package dev.embedding.serving.cache;

import dev.embedding.serving.model.EmbeddedText;
import dev.embedding.serving.model.EmbeddingInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Result of looking up a request's texts in the cache: hits, and the texts that are to be computed. */
public final class CacheLookup {

    private final boolean usesCache;
    private final int bypassed;
    private final List<@Nullable EmbeddedText> known;
    private final List<Missing> missing = new ArrayList<>();

    /** A text to be computed, by its index in the request. */
    private record Missing(
            int index, EmbeddingInput input, @Nullable TextKey key) {}

    private CacheLookup(boolean usesCache, int texts, int bypassed) {
        this.usesCache = usesCache;
        this.bypassed = bypassed;
        this.known = new ArrayList<>(Collections.nCopies(texts, null));
    }

    /** @param bypassed how many texts count as such */
    static CacheLookup ofNothing(List<EmbeddingInput> inputs, int bypassed) {
        CacheLookup lookup = new CacheLookup(false, inputs.size(), bypassed);
        for (EmbeddingInput input : inputs) {
            lookup.missing.add(new Missing(lookup.missing.size(), input, null));
        }
        return lookup;
    }

    static CacheLookup of(
            Function<TextKey, @Nullable EmbeddedText> cache,
            TextKey.Maker keys,
            List<EmbeddingInput> inputs,
            Runnable checkpoint) {
        CacheLookup lookup = new CacheLookup(true, inputs.size(), 0);
        for (int index = 0; index < inputs.size(); index++) {
            checkpoint.run();
            TextKey key = keys.of(inputs.get(index));
            EmbeddedText found = cache.apply(key);
            lookup.known.set(index, found);
            if (found == null) {
                lookup.missing.add(new Missing(index, inputs.get(index), key));
            }
        }
        return lookup;
    }

    /** Whether nothing is to be computed. */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /** What is to be computed, in the request's order. */
    public List<EmbeddingInput> missing() {
        return missing.stream().map(Missing::input).toList();
    }

    /** Indices in the request of what is known, and was cut when it was computed. */
    public List<Integer> truncated() {
        return IntStream.range(0, known.size())
                .filter(index -> isTruncated(known.get(index)))
                .boxed()
                .toList();
    }

    private static boolean isTruncated(@Nullable EmbeddedText text) {
        return text != null && text.truncated();
    }

    /** The index in the request of a text to be computed. */
    public int indexOf(int missingText) {
        return missing.get(missingText).index();
    }

    /** Equal for texts of which one need be computed only; null where each is computed for itself. */
    public @Nullable Object keyOf(int missingText) {
        return missing.get(missingText).key();
    }

    /** All of the request's texts, given those that were computed. */
    @SuppressWarnings("NullAway") // Each is known or computed.
    public List<EmbeddedText> with(List<EmbeddedText> computed) {
        for (int index = 0; index < computed.size(); index++) {
            known.set(missing.get(index).index(), computed.get(index));
        }
        return Collections.unmodifiableList(known);
    }

    /** @param shared how many of the missing texts were not computed after all */
    public CacheCounts counts(int shared) {
        return usesCache
                ? new CacheCounts(known.size() - missing.size(), shared, missing.size() - shared, 0)
                : new CacheCounts(0, 0, 0, bypassed);
    }
}
