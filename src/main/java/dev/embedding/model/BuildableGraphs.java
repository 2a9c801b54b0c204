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
     * Bytes of the weights that the engine copies when it opens the graph, at their peak.
     *
     * @throws IOException when the weights cannot be read, or do not fit the configuration
     */
    long copiedBytes(JsonNode config, List<Path> weights) throws IOException;
}
