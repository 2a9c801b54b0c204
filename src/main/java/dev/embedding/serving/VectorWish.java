package dev.embedding.serving;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a request wants of its model and its vectors.
 *
 * @param model name of the model that must be served; see {@link ModelNames}
 * @param prompt what is put in front of each text
 * @param dimensions how many components are wanted of each vector
 * @param refusesLonger whether an input that is longer than the model takes is refused instead of cut
 */
public record VectorWish(Optional<String> model, PromptChoice prompt, OptionalInt dimensions, boolean refusesLonger) {

    /** Whatever is served, with a prompt. */
    public static VectorWish prompted(PromptChoice prompt) {
        return new VectorWish(Optional.empty(), prompt, OptionalInt.empty(), false);
    }
}
