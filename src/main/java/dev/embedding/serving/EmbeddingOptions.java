package dev.embedding.serving;

import dev.embedding.serving.ModelChoice.ModelName;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of an embedding request for its model and its vectors.
 *
 * @param model name of the model; see {@link ModelTable}
 * @param prompt prompt that is prepended to each text
 * @param dimensions requested dimension of the vectors
 * @param rejectsTruncation whether an input that exceeds the maximum length is rejected instead of truncated
 */
public record EmbeddingOptions(
        Optional<ModelName> model, PromptChoice prompt, OptionalInt dimensions, boolean rejectsTruncation) {

    /** Default options with a prompt. */
    public static EmbeddingOptions prompted(PromptChoice prompt) {
        return new EmbeddingOptions(Optional.empty(), prompt, OptionalInt.empty(), false);
    }

    /** These options, for the model of a name. */
    public EmbeddingOptions withModel(ModelName name) {
        return new EmbeddingOptions(Optional.of(name), prompt, dimensions, rejectsTruncation);
    }
}
