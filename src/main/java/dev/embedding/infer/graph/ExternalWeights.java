package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.embedding.infer.onnx.Graphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model whose weights lie in other files, which it names by where they really lie: the engine follows no link out of
 * their folder, as caches of hubs have them.
 *
 * @param folder of all its files of weights
 */
record ExternalWeights(ModelProto model, Path folder) {

    /**
     * Empty where the model holds all its weights.
     *
     * @param onnxFile the file that names them
     * @throws IOException when a file is missing, or they lie in several folders
     */
    static Optional<ExternalWeights> of(ModelProto model, Path onnxFile) throws IOException {
        Map<String, Path> files = new HashMap<>();
        for (String location : Graphs.locations(model)) {
            files.put(location, onnxFile.resolveSibling(location).toRealPath());
        }
        Set<Path> folders = files.values().stream()
                .map(file -> Objects.requireNonNull(file.getParent()))
                .collect(Collectors.toSet());
        if (folders.size() > 1) {
            throw new IOException("its weights lie in several folders");
        }
        return folders.stream()
                .findFirst()
                .map(folder -> new ExternalWeights(
                        Graphs.relocated(model, location -> Objects.requireNonNull(files.get(location))
                                .getFileName()
                                .toString()),
                        folder));
    }
}
