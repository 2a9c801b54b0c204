package dev.embedding.infer.quantize;

import static dev.embedding.infer.onnx.Nodes.MAT_MUL;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A matrix multiplication with constant weights: one that multiplies only (MatMul), or a linear layer (Gemm), whose
 * weights are stored as {@code [outputs, inputs]} and whose bias is added.
 *
 * @param node the multiplication in the graph
 * @param weights as they are stored
 * @param transposed whether they are stored as {@code [outputs, inputs]}
 */
record WeightedProduct(NodeProto node, StoredMatrix weights, boolean transposed) {

    /** An input of a linear layer. */
    private static final int BIAS = 2;

    /**
     * All weighted products of a graph, in its order.
     *
     * @param matrices constants by name
     * @param gemms whether linear layers count
     */
    static List<WeightedProduct> all(GraphProto graph, Map<String, StoredMatrix> matrices, boolean gemms) {
        Map<String, StoredMatrix> constants = new HashMap<>(matrices);
        List<WeightedProduct> products = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            StoredMatrix weights = node.getInputCount() > 1 ? constants.get(node.getInput(1)) : null;
            if (node.getOpType().equals("Cast") && matrices.containsKey(node.getInput(0))) {
                constants.put(node.getOutput(0), matrices.get(node.getInput(0))); // Weights of 16 bits, widened.
            } else if (weights != null && node.getOpType().equals(MAT_MUL)) {
                products.add(new WeightedProduct(node, weights, false));
            } else if (weights != null && gemms && isLinear(node)) {
                products.add(new WeightedProduct(node, weights, true));
            }
        }
        return products;
    }

    private static boolean isLinear(NodeProto node) {
        return node.getOpType().equals("Gemm")
                && node.getAttributeList().stream().allMatch(WeightedProduct::transposesWeights)
                && node.getAttributeCount() == 1;
    }

    private static boolean transposesWeights(AttributeProto attribute) {
        return attribute.getName().equals("transB") && attribute.getI() == 1;
    }

    String input() {
        return node.getInput(0);
    }

    String output() {
        return node.getOutput(0);
    }

    /** Name of what is added to the product; empty for nothing. */
    Optional<String> bias() {
        return node.getInputCount() > BIAS ? Optional.of(node.getInput(BIAS)) : Optional.empty();
    }

    /** Components of an input. */
    int inputs() {
        return transposed ? weights.columns() : weights.rows();
    }

    int outputs() {
        return transposed ? weights.rows() : weights.columns();
    }

    /** Bytes of the weights in 8 bits. */
    long bytes() {
        return (long) inputs() * outputs();
    }

    /** Whether the output has fewer components than the input, as that of a feed-forward block's second product. */
    boolean contracts() {
        return outputs() < inputs();
    }

    /** Largest absolute weight of each input. */
    float[] largest() {
        float[] largest = new float[inputs()];
        float[] row = new float[weights.columns()];
        for (int index = 0; index < weights.rows(); index++) {
            weights.read(index, 0, row, row.length);
            if (transposed) {
                raise(largest, row);
            } else {
                largest[index] = largest(row);
            }
        }
        return largest;
    }

    private static float largest(float[] row) {
        float largest = 0;
        for (float value : row) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static void raise(float[] largest, float[] row) {
        for (int index = 0; index < row.length; index++) {
            largest[index] = Math.max(largest[index], Math.abs(row[index]));
        }
    }
}
