package dev.embedding.serving;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Texts to be embedded.
 *
 * @param texts at least one
 * @param prompt what is put in front of each
 * @param priority which class its texts wait in
 * @param requiredSpace fingerprint of the vector space that the caller insists on
 * @param timeout after which the caller does not want the answer any more
 * @param bypassesCache whether all texts are to be computed, and their vectors not to be kept
 */
public record EmbeddingRequest(
        List<String> texts,
        PromptChoice prompt,
        PriorityChoice priority,
        Optional<String> requiredSpace,
        Optional<Duration> timeout,
        boolean bypassesCache) {

    public EmbeddingRequest {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("A request has at least one text");
        }
        texts = List.copyOf(texts);
    }

    /** Texts of which nothing is said but that they are to be embedded. */
    public static EmbeddingRequest of(List<String> texts) {
        return new EmbeddingRequest(
                texts, PromptChoice.USUAL, PriorityChoice.BY_SIZE, Optional.empty(), Optional.empty(), false);
    }

    /** Likewise, but each is computed, to look at what the model makes of it. */
    public static EmbeddingRequest computed(List<String> texts) {
        return new EmbeddingRequest(
                texts, PromptChoice.USUAL, PriorityChoice.BY_SIZE, Optional.empty(), Optional.empty(), true);
    }
}
