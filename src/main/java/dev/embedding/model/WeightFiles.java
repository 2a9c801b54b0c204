package dev.embedding.model;

import dev.embedding.model.ModelDescription.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files with a model's weights: for an ONNX file with external data, those that hold it too. */
final class WeightFiles {

    private WeightFiles() {}

    /**
     * The file of the description, and then the others by name.
     *
     * @throws ModelUnavailableException when a file is missing, lies outside the model's folder, or cannot be read
     */
    static List<Path> of(ModelDescription model) {
        Path weights = model.weights();
        List<Path> files = new ArrayList<>(List.of(weights));
        if (model.kind() == Kind.TRANSFORMER) {
            try {
                for (String location : OnnxContent.read(weights).externalData()) {
                    files.add(external(model, location));
                }
            } catch (IOException failure) {
                throw new ModelUnavailableException(
                        "Model " + model.name() + ": " + weights.getFileName()
                                + " cannot be read, or is no ONNX file: fetch or export it again",
                        failure);
            }
        }
        return files;
    }

    /** What ONNX Runtime would refuse as well, but with less to go by. Links are followed, as in a hub's cache. */
    private static Path external(ModelDescription model, String location) {
        Path owner = model.weights().getFileName();
        Path relative = model.weights().getFileSystem().getPath(location).normalize();
        if (location.isBlank()
                || relative.isAbsolute()
                || relative.startsWith("..")
                || relative.toString().isEmpty()) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + owner + " has weights in \"" + location
                    + "\", which is not in its folder; export it again");
        }
        Path file = model.weights().resolveSibling(relative);
        if (!Files.isRegularFile(file)) {
            throw new ModelUnavailableException("Model " + model.name() + ": " + location
                    + " is missing; it holds weights of " + owner + " and belongs beside it");
        }
        return file;
    }
}
