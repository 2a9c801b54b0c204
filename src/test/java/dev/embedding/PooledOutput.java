package dev.embedding;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of a reference model whose graph has no output but the texts' vectors, pooled and normalised. */
public final class PooledOutput {

    private static final String REFERENCE = "bert-sentence-embedding-output";
    private static final String POOLED = "sentence_embedding";

    private PooledOutput() {}

    public static ReferenceModel reference() {
        return ReferenceModel.of(REFERENCE);
    }

    /** @param half whether the output is of half precision */
    public static Path in(Path directory, boolean half) throws IOException {
        ModelCopy.of(REFERENCE, directory);
        Path weights = directory.resolve("onnx").resolve("model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(weights)).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        for (int output = graph.getOutputCount() - 1; output >= 0; output--) {
            if (!graph.getOutput(output).getName().equals(POOLED)) {
                graph.removeOutput(output);
            }
        }
        // As exporters often leave it.
        graph.getOutputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimParam("unknown");
        if (half) {
            castToHalf(graph);
        }
        Files.write(weights, model.build().toByteArray());
        return directory;
    }

    /**
     * Multiplies the texts' vectors by weights once they are pooled, as a graph does that includes a Dense module: by those
     * that leave them as they are.
     */
    public static Path withProduct(Path directory) throws IOException {
        Path weights = directory.resolve("onnx").resolve("model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(weights)).toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        rename(graph, POOLED, "before_product");
        int dimension = reference().dimension();
        TensorProto.Builder identity = TensorProto.newBuilder()
                .setName("dense.linear.weight")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(dimension)
                .addDims(dimension);
        for (int row = 0; row < dimension; row++) {
            for (int column = 0; column < dimension; column++) {
                identity.addFloatData(row == column ? 1 : 0);
            }
        }
        graph.addInitializer(identity);
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Transpose")
                .addInput("dense.linear.weight")
                .addOutput("transposed"));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("MatMul")
                .addInput("before_product")
                .addInput("transposed")
                .addOutput("after_product"));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput("after_product")
                .addOutput(POOLED));
        Files.write(weights, model.build().toByteArray());
        return directory;
    }

    /** The model with another name for one of its outputs. */
    public static ModelProto renamed(ModelProto model, String output, String name) {
        ModelProto.Builder renamed = model.toBuilder();
        GraphProto.Builder graph = renamed.getGraphBuilder();
        rename(graph, output, name);
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int input = 0; input < node.getInputCount(); input++) {
                if (node.getInput(input).equals(output)) {
                    node.setInput(input, name);
                }
            }
        }
        graph.getOutputBuilderList().stream()
                .filter(declared -> declared.getName().equals(output))
                .forEach(declared -> declared.setName(name));
        return renamed.build();
    }

    private static void rename(GraphProto.Builder graph, String tensor, String name) {
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int output = 0; output < node.getOutputCount(); output++) {
                if (node.getOutput(output).equals(tensor)) {
                    node.setOutput(output, name);
                }
            }
        }
    }

    private static void castToHalf(GraphProto.Builder graph) {
        rename(graph, POOLED, "in_full");
        int half = TensorProto.DataType.FLOAT16.getNumber();
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Cast")
                .addInput("in_full")
                .addOutput(POOLED)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(half)));
        graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(half);
    }
}
