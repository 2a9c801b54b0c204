package dev.embedding.serving;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Options of an embedding request: model name, prompt, dimensions, truncation.
 *
 * @param model name of the model that must be served; see {@link ModelNames}
 * @param prompt what is put in front of each text
 * @param dimensions how many components are requested of each vector
 * @param rejectsTruncation whether an input that is longer than the model takes is refused instead of cut
 */
public record EmbeddingOptions(
        Optional<String> model, PromptChoice prompt, OptionalInt dimensions, boolean rejectsTruncation) {

    /** Whatever is served, with a prompt. */
    public static EmbeddingOptions prompted(PromptChoice prompt) {
        return new EmbeddingOptions(Optional.empty(), prompt, OptionalInt.empty(), false);
    }
}
