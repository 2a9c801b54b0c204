package dev.embedding.infer.quantize;

import static dev.embedding.infer.onnx.Nodes.MAT_MUL;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Tensors;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A matrix multiplication with constant weights.
 *
 * @param node the multiplication in the graph
 * @param weights floats, {@code [rows, columns]}
 */
record WeightedProduct(NodeProto node, TensorProto weights) {

    /** All weighted products of a graph, in its order. */
    static List<WeightedProduct> all(GraphProto graph) {
        Map<String, TensorProto> constants = new HashMap<>();
        graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
        List<WeightedProduct> products = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            TensorProto weights = node.getOpType().equals(MAT_MUL) ? constants.get(node.getInput(1)) : null;
            if (weights != null && Tensors.isFloat(weights) && weights.getDimsCount() == 2) {
                products.add(new WeightedProduct(node, weights));
            }
        }
        return products;
    }

    String input() {
        return node.getInput(0);
    }

    String output() {
        return node.getOutput(0);
    }

    int rows() {
        return Math.toIntExact(weights.getDims(0));
    }

    int columns() {
        return Math.toIntExact(weights.getDims(1));
    }

    /** Whether the output has fewer components than the input, as that of a feed-forward block's second product. */
    boolean contracts() {
        return columns() < rows();
    }

    /** Raises each row's number to the largest absolute weight of the row. */
    void addLargest(float[] ofRows) {
        FloatBuffer values = Tensors.floats(weights);
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                ofRows[row] = Math.max(ofRows[row], Math.abs(values.get(row * columns() + column)));
            }
        }
    }
}
