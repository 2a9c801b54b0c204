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
 * @param split index of the node that splits the query into heads
 * @param scores index of the node that multiplies queries and keys
 * @param masking indices of the nodes between scores and context, which add masks
 * @param merge index of the node that merges the heads' contexts
 * @param merged the tensor, {@code [batch, sequence, hidden]}, into which the heads' contexts are merged
 */
record EncoderLayer(
        String input, int query, int residual, int split, int scores, List<Integer> masking, int merge, String merged) {

    private static final String RESHAPE = "Reshape";
    /** What exporters write around a softmax for rows without any place that is seen. */
    private static final String IS_NAN = "IsNaN";

    private static final int NONE = -1;
    private static final Set<String> SCALING = Set.of("Add", "Mul", "Div", "Cast", "Identity");
    private static final Set<String> RESHAPING = Set.of(RESHAPE, "Transpose");
    private static final Set<String> BETWEEN_SCORES_AND_CONTEXT =
            Set.of("Add", "Mul", "Div", "Where", "Softmax", "Cast", "Identity");

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
                && context.get().side() == 1;
        if (!meets) {
            return Optional.empty();
        }
        int product = context.get().node();
        return fromScoresToContext(graph, left.get().node(), product).flatMap(masking -> merge(graph, product)
                .map(merge -> new EncoderLayer(
                        input,
                        query,
                        residual,
                        left.get().split(),
                        left.get().node(),
                        masking,
                        merge,
                        graph.output(merge))));
    }

    /**
     * The multiplication at which a projection meets another variable tensor.
     *
     * @param split the first node on the path that splits it into heads
     */
    private record Meeting(int node, int side, int split) {}

    private static Optional<Meeting> meeting(OnnxGraph graph, String from) {
        String tensor = from;
        int split = NONE;
        while (true) {
            List<Integer> consumers = graph.valueConsumers(tensor);
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            int node = consumers.get(0);
            if (graph.op(node).equals(MAT_MUL)) {
                int side = graph.node(node).getInputList().indexOf(tensor);
                return split == NONE ? Optional.empty() : Optional.of(new Meeting(node, side, split));
            }
            boolean reshapes = RESHAPING.contains(graph.op(node))
                    && graph.node(node).getInput(0).equals(tensor);
            boolean scales = SCALING.contains(graph.op(node)) && graph.hasOnlyVariable(node, tensor);
            if (!reshapes && !scales) {
                return Optional.empty();
            }
            if (split == NONE && graph.op(node).equals(RESHAPE)) {
                split = node;
            }
            tensor = graph.output(node);
        }
    }

    /** The nodes between them. */
    private static Optional<List<Integer>> fromScoresToContext(OnnxGraph graph, int scores, int context) {
        List<Integer> between = new ArrayList<>();
        int node = scores;
        while (true) {
            String tensor = graph.output(node);
            List<Integer> consumers = graph.valueConsumers(tensor).stream()
                    .filter(consumer -> !graph.op(consumer).equals(IS_NAN))
                    .toList();
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            node = consumers.get(0);
            if (node == context) {
                return graph.node(context).getInput(0).equals(tensor) ? Optional.of(between) : Optional.empty();
            }
            if (!BETWEEN_SCORES_AND_CONTEXT.contains(graph.op(node))) {
                return Optional.empty();
            }
            between.add(node);
        }
    }

    /** The node whose output the output projection reads. */
    private static Optional<Integer> merge(OnnxGraph graph, int context) {
        int node = context;
        while (true) {
            String tensor = graph.output(node);
            List<Integer> consumers = graph.valueConsumers(tensor);
            if (consumers.size() != 1) {
                return Optional.empty();
            }
            int next = consumers.get(0);
            if (isProjection(graph, next, tensor)) {
                return graph.op(node).equals(RESHAPE) ? Optional.of(node) : Optional.empty();
            }
            if (!RESHAPING.contains(graph.op(next))
                    || !graph.node(next).getInput(0).equals(tensor)) {
                return Optional.empty();
            }
            node = next;
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
