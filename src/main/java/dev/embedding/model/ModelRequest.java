package dev.embedding.model;

import dev.embedding.vector.Pooling;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that an operator requests, with its options.
 *
 * @param name a local directory, a bundled model, or a repository of the hub with an optional {@code @revision}
 * @param cacheDirectory the cache of hub models; empty for the default
 * @param onnxFile name of the ONNX file inside the model, which overrides the rules of {@link Precision}
 * @param pooling the pooling, which overrides the model's files
 * @param queryPrompt prepended to queries, when the model has no prompts of its own
 * @param documentPrompt prepended to documents, likewise
 * @param limits limits of a text's length besides the model's own
 */
public record ModelRequest(
        String name,
        Optional<Path> cacheDirectory,
        Precision precision,
        Optional<String> onnxFile,
        Optional<Pooling> pooling,
        String queryPrompt,
        String documentPrompt,
        InputLimits limits) {

    /** A request for a model with default options. */
    public static ModelRequest of(String name) {
        return new ModelRequest(
                name, Optional.empty(), Precision.FP32, Optional.empty(), Optional.empty(), "", "", InputLimits.NONE);
    }
}
