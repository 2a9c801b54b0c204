package dev.embedding.serving;

import dev.embedding.serving.model.Input;
import java.util.List;
import java.util.Optional;

/**
 * Request to embed texts.
 *
 * @param inputs at least one
 * @param options options for the model and the vectors
 * @param priority choice of the class in which its inputs wait
 * @param requiredSpace fingerprint of the vector space that the caller requires
 * @param cacheScope scope in which cached vectors and computations in flight are shared, by default the common one,
 *     which is empty; without a scope all texts are computed and nothing is cached
 */
public record EmbeddingRequest(
        List<Input> inputs,
        EmbeddingOptions options,
        PriorityChoice priority,
        Optional<String> requiredSpace,
        Optional<String> cacheScope) {

    public EmbeddingRequest {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("A request has at least one input");
        }
        inputs = List.copyOf(inputs);
    }

    /** Choice of the model that computes it. */
    public ModelChoice choice() {
        return new ModelChoice(options.model(), requiredSpace);
    }

    /** Size of its inputs, in bytes of text or in tokens, as a measure of work. */
    public long bytes() {
        return inputs.stream().mapToLong(Input::length).sum();
    }
}
