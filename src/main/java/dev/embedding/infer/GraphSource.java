package dev.embedding.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.vector.VectorHead;
import java.nio.file.Path;
import java.util.List;

/** Source of an engine's graph. */
public sealed interface GraphSource {

    /** A graph that was exported, with its weights or beside them. */
    record OnnxFile(Path path) implements GraphSource {}

    /**
     * A graph that is built.
     *
     * @param config content of {@code config.json}
     * @param files safetensors files with the weights
     */
    record Weights(JsonNode config, List<Path> files, VectorHead head) implements GraphSource {}

    /**
     * A graph that was quantized here, with its weights beside it.
     *
     * @param built whether it was built before
     */
    record Quantized(Path path, boolean built) implements GraphSource {}
}
