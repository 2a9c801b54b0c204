package dev.embedding.infer;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An encoder whose last layer is computed for the first token only, which is all that CLS pooling reads: the query and
 * the residual see the first row of the layer's input, key and value all of them. The vector stays the same; the work of
 * the last layer, a twelfth of a small model's, mostly goes.
 */
final class FirstTokenModel {

    private static final String PREFIX = "dev.embedding.";
    private static final String FIRST_ROW = PREFIX + "first_row";
    private static final String FIRST_INDEX = PREFIX + "first_index";
    private static final int SEQUENCE_AXIS = 1;

    private FirstTokenModel() {}

    /**
     * Writes such a model into a new temporary file, for the caller to delete.
     *
     * @param outputs names that the output with the token vectors may have, the likeliest first; in the written model it
     *     is {@code [batch, 1, dimension]}
     * @return empty when the graph's last layer is not of a known shape, or the weights are in files of their own
     */
    static Optional<Path> write(Path onnxFile, List<String> outputs) throws IOException {
        try (FileChannel channel = FileChannel.open(onnxFile)) {
            // Mapped and aliased, so that the weights never lie on the heap.
            MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            ModelProto model = ModelProto.parseFrom(input);
            Optional<ModelProto> pruned = prune(model, outputs);
            return pruned.isEmpty() ? Optional.empty() : Optional.of(writeTemporary(pruned.get()));
        }
    }

    static Optional<ModelProto> prune(ModelProto model, List<String> outputs) {
        GraphProto graph = model.getGraph();
        boolean hasExternalWeights = graph.getInitializerList().stream()
                .anyMatch(tensor -> tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL);
        if (hasExternalWeights) {
            return Optional.empty();
        }
        List<String> declared =
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        return outputs.stream()
                .filter(declared::contains)
                .findFirst()
                .flatMap(output ->
                        LastLayer.find(new OnnxGraph(graph), output).map(layer -> prune(graph, layer, output)))
                .map(pruned -> model.toBuilder().setGraph(pruned).build());
    }

    private static GraphProto prune(GraphProto graph, LastLayer layer, String output) {
        GraphProto.Builder pruned =
                graph.toBuilder().clearNode().clearValueInfo().clearOutput();
        for (int index = 0; index < graph.getNodeCount(); index++) {
            NodeProto node = graph.getNode(index);
            boolean readsFirstRow = index == layer.query() || index == layer.residual();
            pruned.addNode(readsFirstRow ? withInput(node, layer.input(), FIRST_ROW) : node);
            if (node.getOutputList().contains(layer.input())) {
                pruned.addNode(firstRowOf(layer.input()));
            }
        }
        pruned.addInitializer(TensorProto.newBuilder()
                .setName(FIRST_INDEX)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(1)
                .addInt64Data(0));
        for (ValueInfoProto declared : graph.getOutputList()) {
            if (declared.getName().equals(output)) {
                pruned.addOutput(withOneRow(declared));
            }
        }
        return pruned.build();
    }

    private static NodeProto withInput(NodeProto node, String before, String after) {
        List<String> inputs = node.getInputList().stream()
                .map(input -> input.equals(before) ? after : input)
                .toList();
        return node.toBuilder().clearInput().addAllInput(inputs).build();
    }

    private static NodeProto firstRowOf(String tensor) {
        return NodeProto.newBuilder()
                .setOpType("Gather")
                .setName(FIRST_ROW)
                .addInput(tensor)
                .addInput(FIRST_INDEX)
                .addOutput(FIRST_ROW)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(SEQUENCE_AXIS))
                .build();
    }

    private static ValueInfoProto withOneRow(ValueInfoProto declared) {
        ValueInfoProto.Builder output = declared.toBuilder();
        if (output.getType().getTensorType().getShape().getDimCount() > SEQUENCE_AXIS) {
            output.getTypeBuilder()
                    .getTensorTypeBuilder()
                    .getShapeBuilder()
                    .getDimBuilder(SEQUENCE_AXIS)
                    .setDimValue(1);
        }
        return output.build();
    }

    private static Path writeTemporary(ModelProto model) throws IOException {
        Path file = Files.createTempFile("first-token-model", ".onnx");
        // A file's own stream takes mapped bytes without copying them through the heap.
        try (OutputStream content = new FileOutputStream(file.toFile())) {
            model.writeTo(content);
            return file;
        } catch (IOException | RuntimeException failure) {
            Files.deleteIfExists(file);
            throw failure;
        }
    }
}
