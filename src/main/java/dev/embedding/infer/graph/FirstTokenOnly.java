package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Nodes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Shortens an encoder of which only the first token's vectors are read (CLS pooling): the last layer computes queries
 * and everything after attention for that token only, with the keys and values of all tokens.
 */
final class FirstTokenOnly {

    /** First operator set in which the limits of a Slice are inputs. */
    static final int SMALLEST_OPSET = 10;

    private static final String ZERO = Nodes.PREFIX + "first/zero";
    private static final String ONE = Nodes.PREFIX + "first/one";
    private static final String QUERY_AXIS = Nodes.PREFIX + "first/query_axis";
    private static final String SAME_AXES = Nodes.PREFIX + "first/same_axes";
    private static final String HEADS_START = Nodes.PREFIX + "first/heads_start";
    private static final String HEADS_END = Nodes.PREFIX + "first/heads_end";
    private static final String MERGED_SHAPE = Nodes.PREFIX + "first/merged_shape";

    private final OnnxGraph graph;
    private final EncoderLayer last;
    private final List<NodeProto> nodes = new ArrayList<>();
    private final Set<String> masks = new HashSet<>();

    private FirstTokenOnly(OnnxGraph graph, EncoderLayer last) {
        this.graph = graph;
        this.last = last;
    }

    /** Constants that the shortened graph reads. */
    static List<TensorProto> constants() {
        return List.of(
                Nodes.integers(ZERO, 0),
                Nodes.integers(ONE, 1),
                Nodes.integers(QUERY_AXIS, -2),
                Nodes.integers(SAME_AXES, 0, 0),
                Nodes.integers(HEADS_START, 2),
                Nodes.integers(HEADS_END, 4),
                Nodes.integers(MERGED_SHAPE, 0, 0, -1));
    }

    /** The nodes of the shortened graph, whose output is {@code [batch, 1, hidden]}. */
    static List<NodeProto> apply(OnnxGraph graph, EncoderLayer last) {
        return new FirstTokenOnly(graph, last).shortened();
    }

    private List<NodeProto> shortened() {
        for (int index = 0; index < graph.nodes().size(); index++) {
            NodeProto node = graph.node(index);
            if (index == last.query() || index == last.residual()) {
                nodes.add(Nodes.withInput(node, last.input(), GraphPreparation.FIRST_ROW));
            } else if (index == last.split()) {
                nodes.add(reshape(node, shapeOfHeads(node.getInput(1))));
            } else if (index == last.merge()) {
                nodes.add(reshape(node, MERGED_SHAPE));
            } else {
                nodes.add(last.masking().contains(index) ? withMaskOfFirstQuery(node) : node);
            }
            if (node.getOutputList().contains(last.input())) {
                nodes.add(Nodes.gather(last.input(), ZERO, Nodes.SEQUENCE_AXIS, GraphPreparation.FIRST_ROW));
            }
        }
        return nodes;
    }

    /** {@code [batch, 1, heads, width]}, whatever the shape of all tokens was computed from. */
    private String shapeOfHeads(String shape) {
        String heads = Nodes.PREFIX + "first/heads";
        String together = Nodes.PREFIX + "first/shape";
        nodes.add(Nodes.node("Slice", List.of(shape, HEADS_START, HEADS_END), heads));
        nodes.add(Nodes.node("Concat", List.of(SAME_AXES, heads), together, Nodes.axis(0)));
        return together;
    }

    /** A 0 in the shape keeps an axis as it is. */
    private static NodeProto reshape(NodeProto node, String shape) {
        return Nodes.node("Reshape", List.of(node.getInput(0), shape), node.getOutput(0));
    }

    /** Masks and biases may have a row for each query. */
    private NodeProto withMaskOfFirstQuery(NodeProto node) {
        NodeProto changed = node;
        for (String input : node.getInputList()) {
            if (!graph.isUniform(input) && !isOnThePath(input)) {
                String first = Nodes.PREFIX + "first/" + input;
                if (masks.add(input)) {
                    nodes.add(Nodes.node("Slice", List.of(input, ZERO, ONE, QUERY_AXIS), first));
                }
                changed = Nodes.withInput(changed, input, first);
            }
        }
        return changed;
    }

    private boolean isOnThePath(String tensor) {
        return graph.output(last.scores()).equals(tensor)
                || last.masking().stream().anyMatch(index -> graph.output(index).equals(tensor));
    }
}
