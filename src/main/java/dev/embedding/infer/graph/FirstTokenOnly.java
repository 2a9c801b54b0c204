package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Nodes;
import java.util.ArrayList;
import java.util.List;

/**
 * Shortens an encoder of which only the first token's vectors are read (CLS pooling): the last layer computes queries
 * and everything after attention for that token only, with the keys and values of all tokens.
 */
final class FirstTokenOnly {

    private static final String ZERO = Nodes.PREFIX + "zero";

    private FirstTokenOnly() {}

    /** A constant that the shortened graph reads: a list of one 0. */
    static TensorProto constant() {
        return Nodes.integers(ZERO, 0);
    }

    /** Whether the layer is the last one before the output, and nothing else depends on its number of rows. */
    static boolean fits(OnnxGraph graph, EncoderLayer layer, String output) {
        boolean shapeIsRead = graph.consumers(layer.input()).size()
                > graph.valueConsumers(layer.input()).size();
        return !shapeIsRead && layer.isLast(graph, output);
    }

    /** The nodes of the shortened graph, whose output is {@code [batch, 1, hidden]}. */
    static List<NodeProto> apply(OnnxGraph graph, EncoderLayer last) {
        List<NodeProto> nodes = new ArrayList<>();
        for (int index = 0; index < graph.nodes().size(); index++) {
            NodeProto node = graph.node(index);
            boolean readsFirstRow = index == last.query() || index == last.residual();
            nodes.add(readsFirstRow ? Nodes.withInput(node, last.input(), GraphPreparation.FIRST_ROW) : node);
            if (node.getOutputList().contains(last.input())) {
                nodes.add(Nodes.gather(last.input(), ZERO, Nodes.SEQUENCE_AXIS, GraphPreparation.FIRST_ROW));
            }
        }
        return nodes;
    }
}
