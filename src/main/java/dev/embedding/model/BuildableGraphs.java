package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Test for models whose graph can be built from the weights. */
public interface BuildableGraphs {

    /** Why none can be built for a {@code config.json}, as a clause; empty when one can. */
    Optional<String> refusal(JsonNode config);

    /**
     * Weights that fit a configuration.
     *
     * @param precision that of most of them: {@code fp32}, {@code fp16} or {@code bf16}
     * @param copiedBytes bytes that the engine copies when it opens the graph, at their peak
     */
    record Weights(String precision, long copiedBytes) {}

    /**
     * Builds the graph to see what it takes.
     *
     * @throws IOException when the weights cannot be read, or do not fit the configuration
     */
    Weights weights(JsonNode config, List<Path> files) throws IOException;
}
