package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.BuildableGraphs;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Precision;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Selection of a transformer's graph: it is built from the weights wherever that can be, and otherwise an ONNX file is
 * needed.
 *
 * @param weights what it is built from; empty where it is not
 * @param whyNotBuilt as a clause; empty where it is
 */
record GraphSelection(Optional<SafetensorsFiles> weights, String whyNotBuilt) {

    private static final String PICKLED = "pytorch_model.bin";

    /** @throws ModelUnavailableException when the model has nothing but pickled weights */
    static GraphSelection of(
            ModelFiles files, String transformer, ModelRequest request, JsonNode config, BuildableGraphs buildable) {
        if (request.onnxFile().isPresent()) {
            return exported("model_file names an ONNX file");
        }
        Optional<String> shipped = request.precision().canBeMade()
                ? new OnnxFileSelection(files, transformer).shipped(request.precision())
                : Optional.empty();
        if (shipped.isPresent()) {
            return exported("the model has " + shipped.get());
        }
        if (request.precision() == Precision.FP16) {
            return exported("precision fp16 is served from ONNX files");
        }
        Optional<SafetensorsFiles> weights = SafetensorsFiles.find(files, transformer);
        if (weights.isEmpty()) {
            if (files.onnxFiles().isEmpty() && buildable.refusal(config).isEmpty()) {
                refusePickled(files, transformer, request.name());
            }
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

    /** Names the way to weights that a graph can be built from. */
    private static void refusePickled(ModelFiles files, String transformer, String model) {
        Stream.of(transformer + PICKLED, transformer + PICKLED + ".index.json")
                .filter(files::has)
                .findFirst()
                .ifPresent(file -> {
                    throw files.refusal(
                            file,
                            "is pickled, and never opened, since reading it may run any code; write model.safetensors"
                                    + " beside it with: " + OnnxFileSelection.download(files, model)
                                    + "python -c \"from transformers import AutoModel; AutoModel.from_pretrained('"
                                    + model + "').save_pretrained('" + model + "')\"");
                });
    }

    private static GraphSelection exported(String reason) {
        return new GraphSelection(Optional.empty(), reason);
    }
}
