package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.file.OnnxOutputs;

/** Rejects ONNX files that were exported for another task than embedding. */
final class ExportTask {

    private ExportTask() {}

    /** @throws ModelUnavailableException when the graph's vectors are not those of the model, or it has none */
    static void requireEmbedding(ModelFiles files, String onnxFile, OnnxOutputs graph, JsonNode config) {
        if (graph.areLogitsOnly()) {
            throw files.refusal(
                    onnxFile,
                    "has logits and no vectors as output"
                            + UnsupportedTask.ofLogits(config).refusal());
        }
        if (graph.readsGenerationCache() && seesBothSides(config)) {
            throw files.refusal(
                    onnxFile,
                    "was exported for generating text, where a token sees only those before it, but by config.json it"
                            + " sees both sides: serve the model's safetensors, or export it again with --task"
                            + " feature-extraction");
        }
    }

    private static boolean seesBothSides(JsonNode config) {
        return config.path("use_bidirectional_attention").asBoolean(false)
                || !config.path("is_causal").asBoolean(true);
    }
}
