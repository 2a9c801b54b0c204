package dev.embedding.serving;

import dev.embedding.serving.cache.CacheUse;
import dev.embedding.serving.model.EmbeddingInput;
import java.util.List;
import java.util.Optional;

/**
 * Texts to be embedded.
 *
 * @param inputs at least one
 * @param options what is requested of the model and the vectors
 * @param priority which class its inputs wait in
 * @param requiredSpace fingerprint of the vector space that the caller insists on
 * @param cache use that it makes of vectors that were computed before
 */
public record EmbeddingRequest(
        List<EmbeddingInput> inputs,
        EmbeddingOptions options,
        PriorityChoice priority,
        Optional<String> requiredSpace,
        CacheUse cache) {

    private static final EmbeddingOptions NOTHING_SAID = EmbeddingOptions.prompted(PromptChoice.USUAL);

    public EmbeddingRequest {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("A request has at least one input");
        }
        inputs = List.copyOf(inputs);
    }

    /** About how much work its inputs are to read. */
    public long bytes() {
        return inputs.stream().mapToLong(EmbeddingInput::length).sum();
    }

    /** Texts of which nothing is said but that they are to be embedded. */
    public static EmbeddingRequest of(List<String> texts) {
        return of(texts, CacheUse.SHARED);
    }

    /** Likewise, but each is computed, to look at what the model makes of it. */
    public static EmbeddingRequest computed(List<String> texts) {
        return of(texts, CacheUse.BYPASSED);
    }

    private static EmbeddingRequest of(List<String> texts, CacheUse cache) {
        return new EmbeddingRequest(
                EmbeddingInput.ofTexts(texts), NOTHING_SAID, PriorityChoice.BY_SIZE, Optional.empty(), cache);
    }
}
