package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.Precision;
import java.util.Optional;

/**
 * Selection of a transformer's graph: it is built from the weights wherever that can be, and otherwise an ONNX file is
 * needed.
 *
 * @param weights what it is built from; empty where it is not
 * @param whyNotBuilt as a clause; empty where it is
 */
record GraphSelection(Optional<SafetensorsFiles> weights, String whyNotBuilt) {

    static GraphSelection of(
            ModelFiles files, String transformer, ModelRequest request, JsonNode config, BuildableGraphs buildable) {
        if (request.onnxFile().isPresent()) {
            return exported("model_file names an ONNX file");
        }
        if (request.precision() != Precision.FP32) {
            return exported("precision " + request.precision().label() + " is served from ONNX files");
        }
        Optional<SafetensorsFiles> weights = SafetensorsFiles.find(files, transformer);
        if (weights.isEmpty()) {
            return exported("the model has no model.safetensors");
        }
        Optional<String> refusal = buildable.refusal(config);
        if (refusal.isPresent()) {
            return exported(refusal.get());
        }
        boolean exportIsAtHand = files.onnxFiles().stream().anyMatch(files::isAvailable);
        return exportIsAtHand && !weights.get().areAvailable()
                ? exported("its weights are not in the cache, and the hub is not reached")
                : new GraphSelection(weights, "");
    }

    private static GraphSelection exported(String reason) {
        return new GraphSelection(Optional.empty(), reason);
    }
}
