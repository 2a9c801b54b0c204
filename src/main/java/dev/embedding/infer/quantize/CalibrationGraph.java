package dev.embedding.infer.quantize;

import static dev.embedding.infer.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.HeadNodes;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.runtime.InferenceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model whose output is not a text's vector, but the largest absolute inputs of its weighted products: for each
 * tensor that they read, one number a component, concatenated in the graph's order.
 */
final class CalibrationGraph {

    /** Names of the output of a model that pools, and of one that does not. */
    private static final List<String> OUTPUTS = List.of(HeadNodes.OUTPUT, "last_hidden_state", "token_embeddings");

    private CalibrationGraph() {}

    /** The tensors that are read, in order, with the number of their components. */
    static Map<String, Integer> inputs(List<WeightedProduct> products) {
        Map<String, Integer> components = new LinkedHashMap<>();
        products.forEach(product -> components.put(product.input(), product.inputs()));
        return components;
    }

    static ModelProto of(ModelProto model, List<WeightedProduct> products, ReductionNodes reductions) {
        Map<String, Integer> inputs = inputs(products);
        int length = inputs.values().stream().mapToInt(Integer::intValue).sum();
        String output = unusedOutput(model.getGraph());
        long[] shape = output.equals(OUTPUTS.get(0)) ? new long[] {1, length} : new long[] {1, 1, length};
        GraphProto.Builder graph = model.getGraph().toBuilder().clearOutput().clearValueInfo();
        List<String> maxima = new ArrayList<>();
        for (String input : inputs.keySet()) {
            String prefix = GraphQuantizer.PREFIX + input + "/";
            graph.addNode(node("Abs", List.of(input), prefix + "absolute"));
            graph.addNode(node("Flatten", List.of(prefix + "absolute"), prefix + "rows", Nodes.axis(-1)));
            graph.addNode(reductions.reduce("ReduceMax", prefix + "rows", 0, false, prefix + "largest"));
            maxima.add(prefix + "largest");
        }
        String together = GraphQuantizer.PREFIX + "largest";
        String shapeName = GraphQuantizer.PREFIX + "shape";
        graph.addNode(node("Concat", maxima, together, Nodes.axis(0)));
        graph.addNode(node("Reshape", List.of(together, shapeName), output));
        graph.addInitializer(Nodes.integers(shapeName, shape)).addOutput(declared(output, shape));
        GraphProto measuring = Graphs.withoutUnused(Graphs.withConstants(graph.build(), reductions.constants()));
        return model.toBuilder().setGraph(measuring).build();
    }

    private static String unusedOutput(GraphProto graph) {
        Set<String> used = new HashSet<>();
        graph.getNodeList().forEach(node -> used.addAll(node.getOutputList()));
        return OUTPUTS.stream()
                .filter(name -> !used.contains(name))
                .findFirst()
                .orElseThrow(() -> new InferenceException("The graph already has tensors " + OUTPUTS, null));
    }

    private static ValueInfoProto declared(String name, long[] shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (long length : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(dimensions)))
                .build();
    }
}
