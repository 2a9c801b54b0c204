package dev.embedding.infer.quantize;

import static dev.embedding.infer.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.onnx.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A graph whose weighted products are computed with 8-bit numbers. Their inputs are smoothed, then scaled: by the
 * largest number of the whole text, or, where single tokens stand out, by that of each token.
 */
final class QuantizedGraph {

    private static final String ONE = GraphQuantizer.PREFIX + "one";
    private static final String LARGEST = GraphQuantizer.PREFIX + "127";
    private static final String LEAST = GraphQuantizer.PREFIX + "least";
    private static final String MIDDLE = GraphQuantizer.PREFIX + "128";
    private static final String WEIGHTS = "weights";
    private static final String ZERO = GraphQuantizer.PREFIX + "weights_zero";

    private final QuantizationOptions options;
    private final ReductionNodes reductions;
    private final Map<String, float[]> factors;
    private final Map<String, Weights> weights;

    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> constants = new ArrayList<>();
    /** Tensors that are smoothed already, and those that are scaled, by the tensor that they are made of. */
    private final Set<String> smoothed = new HashSet<>();

    private final Map<String, Scaled> scaled = new HashMap<>();
    /** Inputs of products that do not contract; the same text's keys and values may contract. */
    private final Set<String> scaledByText = new HashSet<>();

    /**
     * Names of the tensors of a scaled input.
     *
     * @param values 8-bit integers
     * @param scale of all, or of each token
     */
    private record Scaled(String values, String scale, String zero) {}

    /**
     * Quantized weights of a product.
     *
     * @param start where they begin in the file of weights
     * @param scales of the outputs
     */
    record Weights(long start, float[] scales) {}

    private QuantizedGraph(
            QuantizationOptions options,
            ReductionNodes reductions,
            Map<String, float[]> factors,
            Map<String, Weights> weights) {
        this.options = options;
        this.reductions = reductions;
        this.factors = factors;
        this.weights = weights;
    }

    /**
     * The graph in 8 bits. Its quantized weights are external, in a file without a name.
     *
     * @param products the products to be quantized
     * @param factors smoothing factors for each tensor that they read
     * @param weights by the products' outputs
     */
    static ModelProto of(
            ModelProto model,
            List<WeightedProduct> products,
            Map<String, float[]> factors,
            Map<String, Weights> weights,
            QuantizationOptions options,
            ReductionNodes reductions) {
        QuantizedGraph quantized = new QuantizedGraph(options, reductions, factors, weights);
        Map<String, WeightedProduct> byOutput = new HashMap<>();
        products.forEach(product -> byOutput.put(product.output(), product));
        products.stream()
                .filter(product -> !options.fine() && !product.contracts())
                .forEach(product -> quantized.scaledByText.add(product.input()));
        for (NodeProto node : model.getGraph().getNodeList()) {
            WeightedProduct product = byOutput.get(node.getOutput(0));
            if (product == null) {
                quantized.nodes.add(node);
            } else {
                quantized.add(product);
            }
        }
        return quantized.inPlaceOf(model);
    }

    private ModelProto inPlaceOf(ModelProto model) {
        constants.addAll(reductions.constants());
        constants.add(Tensors.number(ONE, 1));
        constants.add(Tensors.number(LARGEST, 127));
        constants.add(Tensors.number(LEAST, Float.MIN_NORMAL));
        constants.add(Tensors.bytes(MIDDLE, false, new byte[] {(byte) 128}));
        constants.add(
                options.signedWeights()
                        ? Tensors.bytes(ZERO, true, new byte[] {0})
                        : Tensors.bytes(ZERO, false, new byte[] {(byte) 128}));
        GraphProto graph = model.getGraph().toBuilder()
                .clearNode()
                .clearValueInfo()
                .addAllNode(nodes)
                .build();
        return Graphs.withOperatorsOfRuntime(model.toBuilder()
                .setGraph(Graphs.withoutUnused(Graphs.withConstants(graph, constants)))
                .build());
    }

    private void add(WeightedProduct product) {
        Weights quantized = Objects.requireNonNull(weights.get(product.output()));
        String prefix = GraphQuantizer.PREFIX + product.output() + "/";
        constants.add(Tensors.external(
                prefix + WEIGHTS,
                options.signedWeights() ? TensorProto.DataType.INT8 : TensorProto.DataType.UINT8,
                "",
                quantized.start(),
                product.bytes(),
                product.inputs(),
                product.outputs()));
        constants.add(Tensors.vector(prefix + "scales", quantized.scales()));
        String input = smoothed(product.input(), Objects.requireNonNull(factors.get(product.input())));
        String unbiased = product.bias().isPresent() ? prefix + "unbiased" : product.output();
        if (scaledByText.contains(product.input())) {
            multiplyByText(scaled.computeIfAbsent(input, this::scaledByText), prefix, unbiased);
        } else {
            multiplyByToken(scaled.computeIfAbsent(input, this::scaledByToken), prefix, unbiased);
        }
        product.bias().ifPresent(bias -> nodes.add(node("Add", List.of(unbiased, bias), product.output())));
    }

    private String smoothed(String tensor, float[] factor) {
        String result = GraphQuantizer.PREFIX + tensor + "/smooth";
        if (smoothed.add(tensor)) {
            constants.add(Tensors.vector(result + "/inverse", Smoothing.inverse(factor)));
            nodes.add(node("Mul", List.of(tensor, result + "/inverse"), result));
        }
        return result;
    }

    private Scaled scaledByText(String tensor) {
        Scaled result = new Scaled(tensor + "/values", tensor + "/scale", tensor + "/zero");
        nodes.add(NodeProto.newBuilder()
                .setOpType("DynamicQuantizeLinear")
                .setName(result.values())
                .addInput(tensor)
                .addAllOutput(List.of(result.values(), result.scale(), result.zero()))
                .build());
        return result;
    }

    /** Multiplies in the form that exporters write, which ONNX Runtime fuses. */
    private void multiplyByText(Scaled input, String prefix, String output) {
        nodes.add(
                node("MatMulInteger", List.of(input.values(), prefix + WEIGHTS, input.zero(), ZERO), prefix + "sums"));
        AttributeProto toFloat = AttributeProto.newBuilder()
                .setName("to")
                .setType(AttributeProto.AttributeType.INT)
                .setI(TensorProto.DataType.FLOAT.getNumber())
                .build();
        nodes.add(node("Cast", List.of(prefix + "sums"), prefix + "floats", toFloat));
        nodes.add(node("Mul", List.of(input.scale(), prefix + "scales"), prefix + "scale"));
        nodes.add(node("Mul", List.of(prefix + "floats", prefix + "scale"), output));
    }

    private Scaled scaledByToken(String tensor) {
        nodes.add(node("Abs", List.of(tensor), tensor + "/absolute"));
        nodes.add(reductions.reduce("ReduceMax", tensor + "/absolute", -1, true, tensor + "/largest"));
        nodes.add(node("Max", List.of(tensor + "/largest", LEAST), tensor + "/above_zero"));
        nodes.add(node("Div", List.of(LARGEST, tensor + "/above_zero"), tensor + "/stretch"));
        nodes.add(node("Div", List.of(tensor + "/above_zero", LARGEST), tensor + "/scale"));
        nodes.add(node("Mul", List.of(tensor, tensor + "/stretch"), tensor + "/stretched"));
        nodes.add(node("QuantizeLinear", List.of(tensor + "/stretched", ONE, MIDDLE), tensor + "/values"));
        return new Scaled(tensor + "/values", tensor + "/scale", MIDDLE);
    }

    private void multiplyByToken(Scaled input, String prefix, String output) {
        nodes.add(node(
                        "MatMulIntegerToFloat",
                        List.of(input.values(), prefix + WEIGHTS, ONE, prefix + "scales", MIDDLE, ZERO),
                        prefix + "unscaled")
                .toBuilder()
                .setDomain(Nodes.MICROSOFT)
                .build());
        nodes.add(node("Mul", List.of(prefix + "unscaled", input.scale()), output));
    }
}
