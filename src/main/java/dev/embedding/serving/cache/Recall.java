package dev.embedding.serving.cache;

import com.github.benmanes.caffeine.cache.Cache;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which of one request's texts have a vector in the cache, and which are to be computed. */
public final class Recall {

    /** Null when the cache is not used. */
    private final @Nullable Cache<TextKey, EmbeddedText> cache;

    private final int bypassed;
    private final List<@Nullable EmbeddedText> known;
    private final List<Missing> missing = new ArrayList<>();

    /** A text to be computed, by its index in the request. */
    private record Missing(int index, String text, @Nullable TextKey key) {}

    private Recall(@Nullable Cache<TextKey, EmbeddedText> cache, int texts, int bypassed) {
        this.cache = cache;
        this.bypassed = bypassed;
        this.known = new ArrayList<>(Collections.nCopies(texts, null));
    }

    /** @param bypassed how many texts count as such */
    static Recall ofNothing(List<String> texts, int bypassed) {
        Recall recall = new Recall(null, texts.size(), bypassed);
        for (String text : texts) {
            recall.missing.add(new Missing(recall.missing.size(), text, null));
        }
        return recall;
    }

    static Recall of(Cache<TextKey, EmbeddedText> cache, TextKey.Maker keys, List<String> texts) {
        Recall recall = new Recall(cache, texts.size(), 0);
        for (int index = 0; index < texts.size(); index++) {
            TextKey key = keys.of(texts.get(index));
            EmbeddedText found = cache.getIfPresent(key);
            recall.known.set(index, found);
            if (found == null) {
                recall.missing.add(new Missing(index, texts.get(index), key));
            }
        }
        return recall;
    }

    /** Whether nothing is to be computed. */
    public boolean isComplete() {
        return missing.isEmpty();
    }

    /** The texts to be computed, in the request's order. */
    public List<String> missingTexts() {
        return missing.stream().map(Missing::text).toList();
    }

    /** The index in the request of a text to be computed. */
    public int indexOf(int missingText) {
        return missing.get(missingText).index();
    }

    /** Equal for texts of which one need be computed only; null where each is computed for itself. */
    public @Nullable Object keyOf(int missingText) {
        return missing.get(missingText).key();
    }

    /** All of the request's texts, given those that were computed; these are kept. */
    @SuppressWarnings("NullAway") // Each is known or computed.
    public List<EmbeddedText> with(List<EmbeddedText> computed) {
        for (int index = 0; index < computed.size(); index++) {
            Missing text = missing.get(index);
            known.set(text.index(), computed.get(index));
            if (cache != null && text.key() != null) {
                cache.put(text.key(), computed.get(index));
            }
        }
        return Collections.unmodifiableList(known);
    }

    /** @param shared how many of the texts waited for an equal one that was being computed */
    public CacheCounts counts(int shared) {
        return cache == null
                ? new CacheCounts(0, 0, 0, bypassed)
                : new CacheCounts(known.size() - missing.size(), shared, missing.size() - shared, 0);
    }
}
