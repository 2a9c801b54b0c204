package dev.embedding.infer;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The last layer of a transformer encoder, as far as it must be known to compute it for one token only.
 *
 * <p>It is found by its shape, not by names: a tensor that is read by three matrix multiplications with constant weights
 * (query, key, value) and one residual addition, and by nothing else; the query's way leads to the left side of the
 * multiplication whose right side is the key's; and behind the residual addition no token sees another. Whatever is
 * built otherwise (rotary positions, fused attention, a relative bias inside the query) is not recognised.
 *
 * @param input the tensor that the layer reads, {@code [batch, sequence, hidden]}
 * @param query index of the node that multiplies it with the query's weights
 * @param residual index of the node that adds it to what attention gave
 */
record LastLayer(String input, int query, int residual) {

    private static final String MAT_MUL = "MatMul";
    private static final long COMPONENT_AXIS = 2;
    private static final Set<String> SCALING = Set.of("Add", "Mul", "Div");
    private static final Set<String> RESHAPING = Set.of("Reshape", "Transpose");
    private static final Set<String> BETWEEN_SCORES_AND_CONTEXT = Set.of("Add", "Mul", "Div", "Softmax");

    /** Operations that give each token's row from that row alone, when their other inputs do not depend on tokens. */
    private static final Set<String> ROW_BY_ROW = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Pow",
            "Sqrt",
            "Erf",
            "Tanh",
            "Relu",
            "Sigmoid",
            "LayerNormalization",
            "Gelu",
            "FastGelu",
            "BiasGelu",
            "Identity",
            "Cast",
            "Dropout");

    /** @param output the tensor of token vectors */
    static Optional<LastLayer> find(OnnxGraph graph, String output) {
        for (int index = graph.size() - 1; index >= 0; index--) {
            for (String tensor : graph.node(index).getOutputList()) {
                List<Integer> consumers = graph.valueConsumers(tensor);
                List<Integer> projections = consumers.stream()
                        .filter(consumer -> isProjection(graph, consumer, tensor))
                        .toList();
                if (projections.size() >= 3) {
                    return recognised(graph, tensor, consumers, projections, output);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isProjection(OnnxGraph graph, int node, String tensor) {
        return graph.op(node).equals(MAT_MUL)
                && graph.node(node).getInput(0).equals(tensor)
                && graph.isConstant(graph.node(node).getInput(1));
    }

    private static Optional<LastLayer> recognised(
            OnnxGraph graph, String input, List<Integer> consumers, List<Integer> projections, String output) {
        List<Integer> others =
                consumers.stream().filter(node -> !projections.contains(node)).toList();
        boolean plain = projections.size() == 3
                && others.size() == 1
                && graph.op(others.get(0)).equals("Add")
                && graph.consumers(input).size() == consumers.size();
        if (!plain) {
            return Optional.empty();
        }
        int residual = others.get(0);
        return query(graph, projections)
                .filter(query -> isRowByRowFrom(graph, residual, output))
                .map(query -> new LastLayer(input, query, residual));
    }

    /** Of the three projections the one on the left side of the scores, when the other two are where they should be. */
    private static Optional<Integer> query(OnnxGraph graph, List<Integer> projections) {
        for (int query : projections) {
            for (int key : projections) {
                for (int value : projections) {
                    boolean distinct = query != key && key != value && query != value;
                    if (distinct && isAttention(graph, query, key, value)) {
                        return Optional.of(query);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isAttention(OnnxGraph graph, int query, int key, int value) {
        Optional<Meeting> left = meeting(graph, graph.output(query));
        Optional<Meeting> right = meeting(graph, graph.output(key));
        Optional<Meeting> context = meeting(graph, graph.output(value));
        return left.isPresent()
                && right.isPresent()
                && context.isPresent()
                && left.get().equals(new Meeting(right.get().node(), 0))
                && right.get().side() == 1
                && context.get().side() == 1
                && leadsFromScoresToContext(
                        graph, left.get().node(), context.get().node());
    }

    /** Where a projection meets another variable tensor in a multiplication. */
    private record Meeting(int node, int side) {}

    private static Optional<Meeting> meeting(OnnxGraph graph, String from) {
        String tensor = from;
        while (true) {
            List<Integer> consumers = graph.valueConsumers(tensor);
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            int node = consumers.get(0);
            boolean passes = SCALING.contains(graph.op(node)) && graph.hasOnlyVariable(node, tensor)
                    || RESHAPING.contains(graph.op(node))
                            && graph.node(node).getInput(0).equals(tensor);
            if (graph.op(node).equals(MAT_MUL)) {
                return Optional.of(
                        new Meeting(node, graph.node(node).getInputList().indexOf(tensor)));
            }
            if (!passes) {
                return Optional.empty();
            }
            tensor = graph.output(node);
        }
    }

    private static boolean leadsFromScoresToContext(OnnxGraph graph, int scores, int context) {
        int node = scores;
        while (true) {
            String tensor = graph.output(node);
            List<Integer> consumers = graph.consumers(tensor);
            if (consumers.size() != 1) {
                return false;
            }
            node = consumers.get(0);
            if (node == context) {
                return graph.node(context).getInput(0).equals(tensor);
            }
            if (!BETWEEN_SCORES_AND_CONTEXT.contains(graph.op(node))) {
                return false;
            }
        }
    }

    /** Whether everything between a node and the output treats each token's row by itself. */
    private static boolean isRowByRowFrom(OnnxGraph graph, int start, String output) {
        TreeSet<Integer> open = new TreeSet<>(List.of(start));
        Set<String> rows = new HashSet<>(graph.node(start).getInputList());
        while (!open.isEmpty()) {
            int node = open.pollFirst();
            boolean readsRows = graph.node(node).getInputList().stream()
                    .allMatch(input -> rows.contains(input) || graph.isConstant(input));
            if (!readsRows || !isRowByRow(graph, node)) {
                return false;
            }
            for (String tensor : graph.node(node).getOutputList()) {
                rows.add(tensor);
                if (!tensor.equals(output)) {
                    open.addAll(graph.consumers(tensor));
                }
            }
        }
        return rows.contains(output);
    }

    private static boolean isRowByRow(OnnxGraph graph, int node) {
        return switch (graph.op(node)) {
            case MAT_MUL -> graph.isConstant(graph.node(node).getInput(1));
            case "ReduceMean" -> isOverComponents(graph.node(node));
            default -> ROW_BY_ROW.contains(graph.op(node));
        };
    }

    private static boolean isOverComponents(NodeProto mean) {
        return mean.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("axes"))
                .anyMatch(attribute -> attribute.getIntsList().equals(List.of(-1L))
                        || attribute.getIntsList().equals(List.of(COMPONENT_AXIS)));
    }
}
