package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The consumers of each tensor on the paths to one output of an ONNX graph. Nodes that do not lead there are left out;
 * the others are referred to by their index, which is a topological order.
 */
final class OnnxGraph {

    private final List<NodeProto> nodes;
    private final Map<String, List<Integer>> consumers = new HashMap<>();
    private final Set<String> constants = new HashSet<>();
    private final Set<String> inputs = new HashSet<>();

    OnnxGraph(GraphProto graph, String output) {
        nodes = leadingTo(output, graph.getNodeList());
        graph.getInputList().forEach(input -> inputs.add(input.getName()));
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

    private static List<NodeProto> leadingTo(String output, List<NodeProto> all) {
        Set<String> wanted = new HashSet<>(Set.of(output));
        List<NodeProto> leading = new ArrayList<>();
        for (int index = all.size() - 1; index >= 0; index--) {
            NodeProto node = all.get(index);
            if (node.getOutputList().stream().anyMatch(wanted::contains)) {
                wanted.addAll(node.getInputList());
                leading.add(node);
            }
        }
        Collections.reverse(leading);
        return leading;
    }

    List<NodeProto> nodes() {
        return nodes;
    }

    NodeProto node(int index) {
        return nodes.get(index);
    }

    String op(int index) {
        return nodes.get(index).getOpType();
    }

    /** The first output, which is the only one of most nodes. */
    String output(int index) {
        return nodes.get(index).getOutput(0);
    }

    /** Nodes that read a tensor, in order. */
    List<Integer> consumers(String tensor) {
        return consumers.getOrDefault(tensor, List.of());
    }

    /** Like {@link #consumers}, without those that only read its shape. */
    List<Integer> valueConsumers(String tensor) {
        return consumers(tensor).stream()
                .filter(index -> !op(index).equals("Shape"))
                .toList();
    }

    boolean isInput(String tensor) {
        return inputs.contains(tensor);
    }

    boolean isConstant(String tensor) {
        return constants.contains(tensor);
    }

    /** Whether all inputs of a node but one are constants or that one. */
    boolean hasOnlyVariable(int index, String tensor) {
        return nodes.get(index).getInputList().stream().allMatch(input -> input.equals(tensor) || isConstant(input));
    }
}
