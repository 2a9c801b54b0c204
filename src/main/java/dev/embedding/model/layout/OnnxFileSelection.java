package dev.embedding.model.layout;

import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Precision;
import dev.embedding.support.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Selects the ONNX file of a model that is served. */
final class OnnxFileSelection {

    /** Folders where exporters write it. */
    private static final List<String> FOLDERS = List.of("onnx/", "");

    /** Weights in other formats. */
    private static final List<String> OTHER_WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "tf_model.h5");

    private final ModelFiles files;
    private final List<String> roots;

    /** @param transformer folder of the transformer's files, empty for the model's own */
    OnnxFileSelection(ModelFiles files, String transformer) {
        this.files = files;
        this.roots = transformer.isEmpty() ? List.of("") : List.of(transformer, "");
    }

    /**
     * A file of the model.
     *
     * @param toQuantize whether it is quantized first
     */
    record Choice(String file, boolean toQuantize) {}

    /**
     * @param whyNotBuilt why no graph is built from the weights, as a clause
     * @throws ModelUnavailableException when the requested file is missing; the message lists the existing ones
     */
    Choice choose(ModelRequest request, String whyNotBuilt) {
        return request.onnxFile()
                .map(name -> new Choice(named(name), false))
                .orElseGet(() -> of(request.precision(), request.name(), whyNotBuilt));
    }

    private String named(String name) {
        return roots.stream()
                .map(root -> root + name)
                .filter(files::has)
                .findFirst()
                .orElseThrow(() -> files.refusal(
                        name,
                        "is missing, but model_file asks for it; " + existing("the model has no ONNX file at all")));
    }

    private Choice of(Precision precision, String model, String whyNotBuilt) {
        Optional<Choice> shipped = shipped(precision).map(file -> new Choice(file, false));
        return shipped.or(() -> precision.canBeMade()
                        ? shipped(Precision.FP32).map(file -> new Choice(file, true))
                        : Optional.empty())
                .orElseThrow(() -> missing(precision, model, whyNotBuilt));
    }

    /** The file of a precision; empty when the model has none. */
    Optional<String> shipped(Precision precision) {
        return precision.fileNames().stream()
                .flatMap(name ->
                        FOLDERS.stream().flatMap(folder -> roots.stream().map(root -> root + folder + name)))
                .filter(files::has)
                .findFirst();
    }

    private ModelUnavailableException missing(Precision precision, String model, String whyNotBuilt) {
        Set<String> others = files.onnxFiles();
        Precision source = precision.canBeMade() ? Precision.FP32 : precision;
        String missing = FOLDERS.get(0) + source.fileNames().get(0);
        if (others.isEmpty()) {
            return files.refusal(missing, "is missing; " + howToExport(model, whyNotBuilt));
        }
        return files.refusal(
                missing,
                "is missing, which precision " + precision.label()
                        + (precision.canBeMade() ? " is made of; " : " takes; ") + existing("") + ": "
                        + remedies(others));
    }

    private String existing(String otherwise) {
        Set<String> names = files.onnxFiles();
        return names.isEmpty() ? otherwise : "the model has " + String.join(", ", names);
    }

    private String howToExport(String model, String whyNotBuilt) {
        String others = roots.stream()
                .flatMap(root -> OTHER_WEIGHTS.stream().map(name -> root + name))
                .filter(files::has)
                .collect(Collectors.joining(" and "));
        return (others.isEmpty() ? "the model has no ONNX file" : others + " cannot be run as it is: " + whyNotBuilt)
                + "; export it beside the model's other files with: "
                + download(files, model)
                + "optimum-cli export onnx --task feature-extraction --model " + model + " " + model + "/onnx";
    }

    /** The command that makes a directory of a model of the hub. */
    static String download(ModelFiles files, String model) {
        return files.revision().isPresent() ? "hf download " + model + " --local-dir " + model + " && " : "";
    }

    private static String remedies(Set<String> others) {
        List<String> settings = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            boolean fits =
                    others.stream().anyMatch(file -> precision.fileNames().contains(Names.lastPart(file)));
            if (fits) {
                settings.add("set precision to " + precision.label());
            }
        }
        settings.add("set model_file to one of them");
        return String.join(", or ", settings);
    }
}
