package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.TokenRows;
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

    /** The rows of the output, {@code [tokens, hidden]}, where the nodes are not shortened. */
    static final String OUTPUT_ROWS = Nodes.PREFIX + "output_rows";

    private final OnnxGraph graph;
    private final String output;
    private final GraphBuilder target;
    private final TokenRows tokens;
    private final Set<String> packed = new HashSet<>();
    private final Set<String> rows = new HashSet<>();
    private final Map<String, String> spread = new HashMap<>();

    private PackedTokens(
            OnnxGraph graph, List<EncoderLayer> layers, String output, GraphBuilder target, TokenRows tokens) {
        this.graph = graph;
        this.output = output;
        this.target = target;
        this.tokens = tokens;
        packed.add(layers.get(0).input());
        layers.forEach(layer -> packed.add(layer.merged()));
    }

    /**
     * Adds the changed nodes. The output is {@link #OUTPUT_ROWS} or, shortened, {@code [batch, 1, hidden]}.
     *
     * @param graph the shipped graph
     * @param layers the layers that compute all their tokens
     * @param nodes the graph's nodes, as they are or as {@link FirstTokenOnly} changed them
     * @param firstTokenOnly whether the nodes are shortened
     * @param target where the nodes are added
     * @return the tokens; empty when a node is not supported
     */
    static Optional<TokenRows> apply(
            OnnxGraph graph,
            List<EncoderLayer> layers,
            List<NodeProto> nodes,
            String output,
            boolean firstTokenOnly,
            GraphBuilder target) {
        if (layers.isEmpty() || !graph.isInput(TokenRows.ATTENTION_MASK)) {
            return Optional.empty();
        }
        TokenRows tokens = new TokenRows(target, TokenRows.ATTENTION_MASK);
        PackedTokens packing = new PackedTokens(graph, layers, output, target, tokens);
        boolean understood = nodes.stream().allMatch(packing::add);
        boolean hasRows = packing.rows.contains(output);
        return understood && hasRows != firstTokenOnly ? Optional.of(tokens) : Optional.empty();
    }

    /** Adds a node; false when it is not supported. */
    private boolean add(NodeProto node) {
        if (node.getInputList().stream().noneMatch(rows::contains)) {
            pack(node);
            return true;
        }
        String read = node.getInput(0);
        switch (node.getOpType()) {
            case "Reshape" -> {
                if (!rows.contains(read)) {
                    return false;
                }
                target.add(Nodes.withInput(node, read, spread(read)));
            }
            case "Shape" -> addShape(node, read);
            case "Gather" -> {
                if (!node.getOutput(0).equals(GraphPreparation.FIRST_ROW)) {
                    return false;
                }
                String firstRows = target.op("Reshape", tokens.firstRows(), target.integers(-1, 1));
                target.add(Nodes.gather(read, firstRows, 0, GraphPreparation.FIRST_ROW));
            }
            default -> {
                if (!RowByRow.matches(graph, node, rows)) {
                    return false;
                }
                rows.addAll(node.getOutputList());
                target.add(withOutput(RowByRow.ofAnyRank(node, target), output, OUTPUT_ROWS));
            }
        }
        return true;
    }

    /** The shape that the rows would have in the batch. Spreading them only to read it would take time. */
    private void addShape(NodeProto node, String read) {
        if (node.getAttributeCount() > 0) {
            target.add(Nodes.withInput(node, read, spread(read)));
            return;
        }
        String components =
                target.op("Slice", target.op("Shape", read), target.integers(1), target.integers(Long.MAX_VALUE));
        target.add(Nodes.node("Concat", List.of(tokens.shape, components), node.getOutput(0), Nodes.axis(0)));
    }

    private void pack(NodeProto node) {
        Optional<String> tensor =
                node.getOutputList().stream().filter(packed::contains).findFirst();
        if (tensor.isEmpty()) {
            target.add(node);
            return;
        }
        String padded = Nodes.PREFIX + "padded/" + tensor.get();
        target.add(withOutput(node, tensor.get(), padded));
        target.add(Nodes.node("Identity", List.of(tokens.packed(padded)), tensor.get()));
        rows.add(tensor.get());
        spread.put(tensor.get(), padded);
    }

    /** The name of the tensor that has packed rows in the shape {@code [batch, sequence, …]}. */
    private String spread(String tensor) {
        return spread.computeIfAbsent(tensor, tokens::spread);
    }

    private static NodeProto withOutput(NodeProto node, String before, String after) {
        List<String> outputs = node.getOutputList().stream()
                .map(tensor -> tensor.equals(before) ? after : tensor)
                .toList();
        return node.toBuilder().clearOutput().addAllOutput(outputs).build();
    }
}
