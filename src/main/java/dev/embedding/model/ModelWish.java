package dev.embedding.model;

import java.util.Optional;

/**
 * What operators want served.
 *
 * @param name a local directory, a bundled model, or a repository of the hub with an optional {@code @revision}
 * @param onnxFile names the ONNX file inside the model, instead of the rules of {@link Precision}
 * @param queryPrompt in front of what is searched for, when the model has no prompts of its own
 * @param documentPrompt in front of what is searched, likewise
 */
public record ModelWish(
        String name, Precision precision, Optional<String> onnxFile, String queryPrompt, String documentPrompt) {

    /** The model as it is. */
    public static ModelWish of(String name) {
        return new ModelWish(name, Precision.FP32, Optional.empty(), "", "");
    }
}
