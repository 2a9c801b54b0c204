package dev.embedding.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which ONNX file of a model is served. */
final class OnnxFileChoice {

    /** Where exporters put it. */
    private static final List<String> FOLDERS = List.of("onnx/", "");

    /** What other exports of a model leave in its folder. */
    private static final List<String> OTHER_WEIGHTS = List.of(
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
            "tf_model.h5");

    private final ModelFiles files;
    private final List<String> roots;

    /** @param transformer folder of the transformer's files, empty for the model's own */
    OnnxFileChoice(ModelFiles files, String transformer) {
        this.files = files;
        this.roots = transformer.isEmpty() ? List.of("") : List.of(transformer, "");
    }

    /** @throws ModelUnavailableException when there is none that was asked for; it says which there are */
    String choose(ModelWish wish) {
        return wish.onnxFile().map(this::named).orElseGet(() -> of(wish.precision(), wish.name()));
    }

    private String named(String name) {
        return roots.stream()
                .map(root -> root + name)
                .filter(files::has)
                .findFirst()
                .orElseThrow(() -> files.refusal(
                        name, "is missing, but model_file asks for it; " + known("the model has no ONNX file at all")));
    }

    private String of(Precision precision, String model) {
        for (String name : precision.fileNames()) {
            Optional<String> found = FOLDERS.stream()
                    .flatMap(folder -> roots.stream().map(root -> root + folder + name))
                    .filter(files::has)
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
        }
        Set<String> others = files.onnxFiles();
        String missing = FOLDERS.get(0) + precision.fileNames().get(0);
        if (others.isEmpty()) {
            throw files.refusal(missing, "is missing; " + howToExport(model));
        }
        throw files.refusal(
                missing,
                "is missing, which precision " + precision.label() + " takes; " + known("") + ": " + remedies(others));
    }

    private String known(String otherwise) {
        Set<String> names = files.onnxFiles();
        return names.isEmpty() ? otherwise : "the model has " + String.join(", ", names);
    }

    private String howToExport(String model) {
        String others = roots.stream()
                .flatMap(root -> OTHER_WEIGHTS.stream().map(name -> root + name))
                .filter(files::has)
                .collect(Collectors.joining(" and "));
        return (others.isEmpty() ? "the model has no ONNX file" : others + " cannot be run as it is")
                + "; export the model with: optimum-cli export onnx --task feature-extraction --model "
                + model + " <directory>";
    }

    private static String remedies(Set<String> others) {
        List<String> settings = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            boolean fits = others.stream()
                    .anyMatch(file -> precision.fileNames().contains(file.substring(file.lastIndexOf('/') + 1)));
            if (fits) {
                settings.add("set precision to " + precision.label());
            }
        }
        settings.add("set model_file to one of them");
        return String.join(", or ", settings);
    }
}
