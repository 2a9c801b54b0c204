package dev.embedding.infer;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who uses which tensor in an ONNX graph. Nodes are known by their index, which is a topological order. */
final class OnnxGraph {

    private final List<NodeProto> nodes;
    private final Map<String, List<Integer>> consumers = new HashMap<>();
    private final Set<String> constants = new HashSet<>();

    OnnxGraph(GraphProto graph) {
        nodes = graph.getNodeList();
        for (TensorProto initializer : graph.getInitializerList()) {
            constants.add(initializer.getName());
        }
        for (int index = 0; index < nodes.size(); index++) {
            NodeProto node = nodes.get(index);
            for (String input : new HashSet<>(node.getInputList())) {
                consumers.computeIfAbsent(input, tensor -> new ArrayList<>()).add(index);
            }
            if (node.getOpType().equals("Constant")) {
                constants.addAll(node.getOutputList());
            }
        }
    }

    int size() {
        return nodes.size();
    }

    NodeProto node(int index) {
        return nodes.get(index);
    }

    String op(int index) {
        return nodes.get(index).getOpType();
    }

    /** The only output of most nodes. */
    String output(int index) {
        return nodes.get(index).getOutput(0);
    }

    /** Nodes that read a tensor's values, in order. */
    List<Integer> consumers(String tensor) {
        return consumers.getOrDefault(tensor, List.of());
    }

    /** Like {@link #consumers}, without those that only ask for its shape. */
    List<Integer> valueConsumers(String tensor) {
        return consumers(tensor).stream()
                .filter(index -> !op(index).equals("Shape"))
                .toList();
    }

    boolean isConstant(String tensor) {
        return constants.contains(tensor);
    }

    /** Whether all inputs of a node but one are constants or that one. */
    boolean hasOnlyVariable(int index, String tensor) {
        return nodes.get(index).getInputList().stream().allMatch(input -> input.equals(tensor) || isConstant(input));
    }
}
