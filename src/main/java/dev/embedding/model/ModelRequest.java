package dev.embedding.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Model that the settings request, with the options that choose among its files.
 *
 * @param name a local directory, a bundled model, or a repository of the hub with an optional {@code @revision}
 * @param cacheDirectory where hub models are kept, where that is said
 * @param onnxFile names the ONNX file inside the model, instead of the rules of {@link Precision}
 * @param pooling how token vectors become one, whatever the model's files say
 * @param queryPrompt in front of what is searched for, when the model has no prompts of its own
 * @param documentPrompt in front of what is searched, likewise
 */
public record ModelRequest(
        String name,
        Optional<Path> cacheDirectory,
        Precision precision,
        Optional<String> onnxFile,
        Optional<PoolingMode> pooling,
        String queryPrompt,
        String documentPrompt) {

    /** The model as it is. */
    public static ModelRequest of(String name) {
        return new ModelRequest(name, Optional.empty(), Precision.FP32, Optional.empty(), Optional.empty(), "", "");
    }
}
