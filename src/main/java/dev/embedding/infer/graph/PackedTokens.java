package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rewrites a graph so that the padding of a batch is computed in attention only. After the embeddings, the rows of all
 * true tokens are packed, {@code [tokens, hidden]}; only what is split into heads is spread to
 * {@code [batch, sequence, hidden]} again, and the contexts are packed after it. In a row of the spread tensor, padding
 * positions hold an arbitrary token, which the model's own mask hides as it hides padding.
 *
 * <p>Every node that reads packed rows must treat each row by itself; a graph with any other is left unchanged.
 */
final class PackedTokens {

    static final int SMALLEST_OPSET = 11; // CumSum

    private static final String MASK = "attention_mask";
    private static final String MASK_SHAPE = GraphPreparation.PREFIX + "mask_shape";
    private static final String FLAT_MASK = GraphPreparation.PREFIX + "flat_mask";
    private static final String MARKED = GraphPreparation.PREFIX + "marked";
    private static final String TOKENS_BEFORE = GraphPreparation.PREFIX + "tokens_before";
    private static final String PLACE = GraphPreparation.PREFIX + "place";
    private static final String FLAT = GraphPreparation.PREFIX + "flat";
    private static final String ONE = GraphPreparation.PREFIX + "one";
    private static final String FIRST_AXIS = GraphPreparation.PREFIX + "first_axis";

    /** For each true token its position in the flattened {@code [batch × sequence]}. */
    private static final String TOKENS = GraphPreparation.PREFIX + "tokens";
    /** For each position {@code [batch, sequence]} the row of its token among the true tokens. */
    private static final String ROWS = GraphPreparation.PREFIX + "rows";
    /** For each text the row of its first token, {@code [batch, 1]}. */
    private static final String FIRST_ROWS = GraphPreparation.PREFIX + "first_rows";

    private final OnnxGraph graph;
    private final Set<String> packed;
    private final Set<String> rows = new HashSet<>();
    private final Map<String, String> spread = new HashMap<>();
    private final String entry;
    private final String output;
    private final List<NodeProto> nodes = new ArrayList<>(indices());

    private PackedTokens(OnnxGraph graph, List<EncoderLayer> layers, String output) {
        this.graph = graph;
        this.output = output;
        this.entry = layers.get(0).input();
        this.packed = new HashSet<>(Set.of(entry));
        layers.forEach(layer -> packed.add(layer.merged()));
    }

    /**
     * @param graph the shipped graph
     * @param layers the layers that compute all their tokens
     * @param nodes the graph's nodes, as they are or as {@link FirstTokenOnly} changed them
     * @param firstTokenOnly whether the nodes are shortened
     * @return the changed nodes; empty when a node is not supported
     */
    static Optional<List<NodeProto>> apply(
            OnnxGraph graph, List<EncoderLayer> layers, List<NodeProto> nodes, String output, boolean firstTokenOnly) {
        if (layers.isEmpty() || !graph.isInput(MASK)) {
            return Optional.empty();
        }
        PackedTokens packing = new PackedTokens(graph, layers, output);
        boolean understood = nodes.stream().allMatch(packing::add);
        boolean spreadAtEnd = packing.rows.contains(output);
        return understood && spreadAtEnd != firstTokenOnly ? Optional.of(packing.nodes) : Optional.empty();
    }

    /** Constants that the changed nodes need. */
    static List<TensorProto> constants() {
        return List.of(
                Nodes.integers(FLAT, -1),
                Nodes.integers(ONE, 1),
                TensorProto.newBuilder()
                        .setName(FIRST_AXIS)
                        .setDataType(TensorProto.DataType.INT64.getNumber())
                        .addInt64Data(0)
                        .build());
    }

    private static List<NodeProto> indices() {
        return List.of(
                Nodes.node("Shape", List.of(MASK), MASK_SHAPE),
                Nodes.node("Reshape", List.of(MASK, FLAT), FLAT_MASK),
                Nodes.node("NonZero", List.of(FLAT_MASK), MARKED),
                Nodes.node("Reshape", List.of(MARKED, FLAT), TOKENS),
                Nodes.node("CumSum", List.of(FLAT_MASK, FIRST_AXIS), TOKENS_BEFORE),
                Nodes.node("Sub", List.of(TOKENS_BEFORE, ONE), PLACE),
                Nodes.node("Reshape", List.of(PLACE, MASK_SHAPE), ROWS),
                Nodes.gather(ROWS, GraphPreparation.ZERO, Nodes.SEQUENCE_AXIS, FIRST_ROWS));
    }

    /** Adds a node; false when it is not supported. */
    private boolean add(NodeProto node) {
        if (node.getInputList().stream().noneMatch(rows::contains)) {
            emit(node);
            return true;
        }
        String read = node.getInput(0);
        switch (node.getOpType()) {
            case "Reshape", "Shape" -> {
                if (!rows.contains(read)) {
                    return false;
                }
                nodes.add(Nodes.withInput(node, read, spread(read)));
            }
            case "Gather" -> {
                if (!node.getOutput(0).equals(GraphPreparation.FIRST_ROW)) {
                    return false;
                }
                nodes.add(Nodes.gather(read, FIRST_ROWS, 0, GraphPreparation.FIRST_ROW));
            }
            default -> {
                if (!Nodes.isRowByRow(graph, node, rows)) {
                    return false;
                }
                emitRows(Nodes.ofAnyRank(node));
            }
        }
        return true;
    }

    private void emitRows(NodeProto node) {
        rows.addAll(node.getOutputList());
        if (!node.getOutputList().contains(output)) {
            nodes.add(node);
            return;
        }
        String together = GraphPreparation.PREFIX + "packed/" + output;
        nodes.add(withOutput(node, output, together));
        nodes.add(Nodes.gather(together, ROWS, 0, output));
    }

    private void emit(NodeProto node) {
        Optional<String> tensor =
                node.getOutputList().stream().filter(packed::contains).findFirst();
        if (tensor.isEmpty()) {
            nodes.add(node);
            return;
        }
        String padded = GraphPreparation.PREFIX + "padded/" + tensor.get();
        String flat = GraphPreparation.PREFIX + "flat/" + tensor.get();
        nodes.add(withOutput(node, tensor.get(), padded));
        nodes.add(Nodes.node("Flatten", List.of(padded), flat, Nodes.axis(2)));
        nodes.add(Nodes.gather(flat, TOKENS, 0, tensor.get()));
        rows.add(tensor.get());
        spread.put(tensor.get(), padded);
    }

    /** The name of the tensor that has packed rows in the shape {@code [batch, sequence, …]}. */
    private String spread(String tensor) {
        return spread.computeIfAbsent(tensor, name -> {
            String spreadOut = GraphPreparation.PREFIX + "spread/" + name;
            nodes.add(Nodes.gather(name, ROWS, 0, spreadOut));
            return spreadOut;
        });
    }

    private static NodeProto withOutput(NodeProto node, String before, String after) {
        List<String> outputs = node.getOutputList().stream()
                .map(tensor -> tensor.equals(before) ? after : tensor)
                .toList();
        return node.toBuilder().clearOutput().addAllOutput(outputs).build();
    }
}
