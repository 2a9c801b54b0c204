package dev.embedding.model.layout;

import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.file.OnnxWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files with the weights of an ONNX model, including those with external data. */
final class WeightFiles {

    private WeightFiles() {}

    /**
     * Returns the ONNX file, and then the others by name.
     *
     * @param model the model's name
     * @throws ModelUnavailableException when a file is missing, or lies outside the ONNX file's folder
     */
    static List<Path> of(String model, Path weights, OnnxWeights content) {
        List<Path> files = new ArrayList<>(List.of(weights));
        for (String location : content.externalData()) {
            files.add(external(model, weights, location));
        }
        return files;
    }

    /** Rejects what ONNX Runtime would also reject, with a clearer message. Links are followed, as in a hub's cache. */
    private static Path external(String model, Path weights, String location) {
        Path owner = weights.getFileName();
        Path relative = weights.getFileSystem().getPath(location).normalize();
        if (location.isBlank()
                || relative.isAbsolute()
                || relative.startsWith("..")
                || relative.toString().isEmpty()) {
            throw new ModelUnavailableException("Model " + model + ": " + owner + " has weights in \"" + location
                    + "\", which is not in its folder; export it again");
        }
        Path file = weights.resolveSibling(relative);
        if (!Files.isRegularFile(file)) {
            throw new ModelUnavailableException("Model " + model + ": " + location + " is missing; it holds weights of "
                    + owner + " and belongs beside it");
        }
        return file;
    }
}
