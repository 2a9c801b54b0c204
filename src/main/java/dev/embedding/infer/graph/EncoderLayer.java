package dev.embedding.infer.graph;

import static dev.embedding.infer.onnx.Nodes.MAT_MUL;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A layer of a transformer encoder: the tensors and nodes around its attention.
 *
 * <p>It is recognised by its structure, not by names: a tensor that is read by three matrix multiplications with
 * constant weights (query, key, value) and one residual addition; the query's path leads to the left side of the
 * multiplication whose right side is the key's, and from there to the one with the value. A layer that is built
 * differently (rotary positions, fused attention, a relative bias inside the query) is not recognised.
 *
 * @param input the tensor that the layer reads, {@code [batch, sequence, hidden]}
 * @param query index of the node that multiplies it with the query's weights
 * @param residual index of the node that adds it to the attention's output
 * @param heads the tensors, {@code [batch, sequence, hidden]}, that are split into heads
 * @param merged the tensor, {@code [batch, sequence, hidden]}, into which the heads' contexts are merged
 */
record EncoderLayer(String input, int query, int residual, Set<String> heads, String merged) {

    private static final String RESHAPE = "Reshape";
    private static final Set<String> SCALING = Set.of("Add", "Mul", "Div");
    private static final Set<String> RESHAPING = Set.of(RESHAPE, "Transpose");
    private static final Set<String> BETWEEN_SCORES_AND_CONTEXT = Set.of("Add", "Mul", "Div", "Where", "Softmax");

    /** The recognised layers, in order. */
    static List<EncoderLayer> findAll(OnnxGraph graph) {
        List<EncoderLayer> layers = new ArrayList<>();
        for (int index = 0; index < graph.nodes().size(); index++) {
            for (String tensor : graph.node(index).getOutputList()) {
                recognised(graph, tensor).ifPresent(layers::add);
            }
        }
        return layers;
    }

    private static Optional<EncoderLayer> recognised(OnnxGraph graph, String input) {
        List<Integer> consumers = graph.valueConsumers(input);
        List<Integer> projections = consumers.stream()
                .filter(consumer -> isProjection(graph, consumer, input))
                .toList();
        List<Integer> others =
                consumers.stream().filter(node -> !projections.contains(node)).toList();
        boolean plain = projections.size() == 3
                && others.size() == 1
                && graph.op(others.get(0)).equals("Add");
        return plain ? attention(graph, input, projections, others.get(0)) : Optional.empty();
    }

    private static boolean isProjection(OnnxGraph graph, int node, String tensor) {
        return graph.op(node).equals(MAT_MUL)
                && graph.node(node).getInput(0).equals(tensor)
                && graph.isConstant(graph.node(node).getInput(1));
    }

    private static Optional<EncoderLayer> attention(
            OnnxGraph graph, String input, List<Integer> projections, int residual) {
        for (int query : projections) {
            for (int key : projections) {
                for (int value : projections) {
                    boolean distinct = query != key && key != value && query != value;
                    Optional<EncoderLayer> layer =
                            distinct ? attention(graph, input, query, key, value, residual) : Optional.empty();
                    if (layer.isPresent()) {
                        return layer;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<EncoderLayer> attention(
            OnnxGraph graph, String input, int query, int key, int value, int residual) {
        Optional<Meeting> left = meeting(graph, graph.output(query));
        Optional<Meeting> right = meeting(graph, graph.output(key));
        Optional<Meeting> context = meeting(graph, graph.output(value));
        boolean meets = left.isPresent()
                && right.isPresent()
                && context.isPresent()
                && left.get().node() == right.get().node()
                && left.get().side() == 0
                && right.get().side() == 1
                && context.get().side() == 1
                && leadsFromScoresToContext(
                        graph, left.get().node(), context.get().node());
        return meets
                ? merged(graph, context.get().node())
                        .map(merged -> new EncoderLayer(
                                input,
                                query,
                                residual,
                                Set.of(
                                        left.get().heads(),
                                        right.get().heads(),
                                        context.get().heads()),
                                merged))
                : Optional.empty();
    }

    /**
     * The multiplication at which a projection meets another variable tensor.
     *
     * @param heads the tensor on the path that is split into heads
     */
    private record Meeting(int node, int side, String heads) {}

    private static Optional<Meeting> meeting(OnnxGraph graph, String from) {
        String tensor = from;
        String heads = null;
        while (true) {
            List<Integer> consumers = graph.valueConsumers(tensor);
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            int node = consumers.get(0);
            if (graph.op(node).equals(MAT_MUL)) {
                int side = graph.node(node).getInputList().indexOf(tensor);
                return heads == null ? Optional.empty() : Optional.of(new Meeting(node, side, heads));
            }
            boolean reshapes = RESHAPING.contains(graph.op(node))
                    && graph.node(node).getInput(0).equals(tensor);
            boolean scales = SCALING.contains(graph.op(node)) && graph.hasOnlyVariable(node, tensor);
            if (!reshapes && !scales) {
                return Optional.empty();
            }
            if (heads == null && graph.op(node).equals(RESHAPE)) {
                heads = tensor;
            }
            tensor = graph.output(node);
        }
    }

    private static boolean leadsFromScoresToContext(OnnxGraph graph, int scores, int context) {
        int node = scores;
        while (true) {
            String tensor = graph.output(node);
            List<Integer> consumers = graph.valueConsumers(tensor);
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

    /** The tensor that the output projection reads. */
    private static Optional<String> merged(OnnxGraph graph, int context) {
        String tensor = graph.output(context);
        String merged = null;
        while (true) {
            List<Integer> consumers = graph.valueConsumers(tensor);
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            int node = consumers.get(0);
            if (isProjection(graph, node, tensor)) {
                return tensor.equals(merged) ? Optional.of(tensor) : Optional.empty();
            }
            if (!RESHAPING.contains(graph.op(node))
                    || !graph.node(node).getInput(0).equals(tensor)) {
                return Optional.empty();
            }
            tensor = graph.output(node);
            merged = graph.op(node).equals(RESHAPE) ? tensor : null;
        }
    }

    /** Whether this is the last layer: after its residual addition no token depends on another. */
    boolean isLast(OnnxGraph graph, String output) {
        TreeSet<Integer> open = new TreeSet<>(List.of(residual));
        Set<String> rows = new HashSet<>(graph.node(residual).getInputList());
        while (!open.isEmpty()) {
            int node = open.pollFirst();
            if (!RowByRow.matches(graph, graph.node(node), rows)) {
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
}
