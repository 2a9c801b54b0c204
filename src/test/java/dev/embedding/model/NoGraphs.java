package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Builds no graph, so that models are served from their ONNX files. */
public final class NoGraphs implements BuildableGraphs {

    public static final String REASON = "none is built here";

    @Override
    public Optional<String> refusal(JsonNode config) {
        return Optional.of(REASON);
    }

    @Override
    public Weights weights(JsonNode config, List<Path> files) {
        throw new IllegalStateException("No graph is built");
    }
}
