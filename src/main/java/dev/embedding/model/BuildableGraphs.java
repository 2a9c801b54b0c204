package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/** Test for models whose graph can be built from the weights. */
@FunctionalInterface
public interface BuildableGraphs {

    /** Why none can be built for a {@code config.json}, as a clause; empty when one can. */
    Optional<String> refusal(JsonNode config);
}
