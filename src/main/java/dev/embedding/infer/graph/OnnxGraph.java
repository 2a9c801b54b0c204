package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.Tensors;
import java.util.ArrayList;
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
    private final Map<String, TensorProto> values = new HashMap<>();
    private final Set<String> constants = new HashSet<>();
    /** Numbers computed from lengths of axes. */
    private final Set<String> sizes = new HashSet<>();

    private final Set<String> inputs = new HashSet<>();

    OnnxGraph(GraphProto graph, String output) {
        nodes = Graphs.leadingTo(Set.of(output), graph);
        graph.getInputList().forEach(input -> inputs.add(input.getName()));
        for (TensorProto initializer : graph.getInitializerList()) {
            constants.add(initializer.getName());
            values.put(initializer.getName(), initializer);
        }
        for (int index = 0; index < nodes.size(); index++) {
            NodeProto node = nodes.get(index);
            for (String input : new HashSet<>(node.getInputList())) {
                consumers.computeIfAbsent(input, tensor -> new ArrayList<>()).add(index);
            }
            classify(node);
        }
    }

    private void classify(NodeProto node) {
        if (node.getOpType().equals("Constant")) {
            constants.addAll(node.getOutputList());
            node.getAttributeList().forEach(attribute -> values.put(node.getOutput(0), attribute.getT()));
        } else if (isOverConstants(node)) {
            constants.addAll(node.getOutputList());
        } else if (isOverSizes(node)) {
            sizes.addAll(node.getOutputList());
        }
    }

    private boolean isOverConstants(NodeProto node) {
        return node.getInputCount() > 0
                && node.getInputList().stream().allMatch(this::isConstant)
                && !node.getOpType().startsWith("Random");
    }

    /** Whether a node computes nothing but numbers from lengths of axes: it adds no axis with tokens or components. */
    private boolean isOverSizes(NodeProto node) {
        return switch (node.getOpType()) {
            case "Shape" -> true;
            case "Gather", "Slice", "Squeeze", "Unsqueeze", "Reshape" ->
                sizes.contains(node.getInput(0))
                        && node.getInputList().stream().skip(1).allMatch(this::isConstant);
            case "Cast", "Sqrt", "Reciprocal", "Neg", "Mul", "Div", "Add", "Sub", "Pow", "Concat", "Identity" ->
                node.getInputList().stream().allMatch(this::isUniform);
            default -> false;
        };
    }

    /** Whether nodes contain graphs, which may read any tensor unseen. */
    boolean hasGraphsInside() {
        return nodes.stream().anyMatch(node -> Graphs.inside(node).findAny().isPresent());
    }

    /** The nodes that a second output takes beyond those of the first, in order. */
    static List<NodeProto> between(String first, String second, GraphProto graph) {
        Set<String> known = new HashSet<>();
        Graphs.leadingTo(Set.of(first), graph).forEach(node -> known.addAll(node.getOutputList()));
        return Graphs.leadingTo(Set.of(second), graph).stream()
                .filter(node -> node.getOutputList().stream().noneMatch(known::contains))
                .toList();
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

    /** Whether a tensor is the same for all tokens: a constant, or computed from lengths of axes. */
    boolean isUniform(String tensor) {
        return isConstant(tensor) || sizes.contains(tensor);
    }

    /** Whether all inputs of a node but one are the same for all tokens. */
    boolean hasOnlyVariable(int index, String tensor) {
        return nodes.get(index).getInputList().stream().allMatch(input -> input.equals(tensor) || isUniform(input));
    }

    /** The integers of a constant that the graph holds; empty for any other tensor. */
    List<Long> integers(String tensor) {
        TensorProto value = values.get(tensor);
        return value == null ? List.of() : Tensors.integers(value);
    }
}
