package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A model whose weights lie in other files, which it names by where they really lie: the engine follows no link out of
 * their folder, as caches of hubs have them.
 *
 * @param folder of all its files of weights
 */
record ExternalWeights(ModelProto model, Path folder) {

    private static final String LOCATION = "location";

    /**
     * Empty where the model holds all its weights.
     *
     * @param onnxFile the file that names them
     * @throws IOException when a file is missing, or they lie in several folders
     */
    static Optional<ExternalWeights> of(ModelProto model, Path onnxFile) throws IOException {
        Set<Path> folders = new HashSet<>();
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (int index = 0; index < graph.getInitializerCount(); index++) {
            TensorProto weights = graph.getInitializer(index);
            if (weights.getDataLocation() == DataLocation.EXTERNAL) {
                Path file = onnxFile.resolveSibling(location(weights)).toRealPath();
                folders.add(Objects.requireNonNull(file.getParent()));
                graph.setInitializer(index, at(weights, file.getFileName().toString()));
            }
        }
        if (folders.size() > 1) {
            throw new IOException("its weights lie in several folders");
        }
        return folders.stream()
                .findFirst()
                .map(folder ->
                        new ExternalWeights(model.toBuilder().setGraph(graph).build(), folder));
    }

    private static String location(TensorProto weights) throws IOException {
        return weights.getExternalDataList().stream()
                .filter(entry -> entry.getKey().equals(LOCATION))
                .findFirst()
                .orElseThrow(() -> new IOException("it does not say where its weights lie"))
                .getValue();
    }

    private static TensorProto at(TensorProto weights, String file) {
        TensorProto.Builder moved = weights.toBuilder().clearExternalData();
        for (StringStringEntryProto entry : weights.getExternalDataList()) {
            moved.addExternalData(
                    entry.getKey().equals(LOCATION)
                            ? entry.toBuilder().setValue(file).build()
                            : entry);
        }
        return moved.build();
    }
}
