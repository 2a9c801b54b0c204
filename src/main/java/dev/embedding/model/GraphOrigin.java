package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;

/** Origin of a model's graph. */
public sealed interface GraphOrigin {

    /**
     * It is built from the weights.
     *
     * @param config content of {@code config.json}
     */
    record Built(JsonNode config) implements GraphOrigin {}

    /**
     * It was exported, and is in an ONNX file.
     *
     * @param whyNotBuilt as a clause
     */
    record Exported(String whyNotBuilt) implements GraphOrigin {}

    /** A static model has none. */
    record None() implements GraphOrigin {}
}
