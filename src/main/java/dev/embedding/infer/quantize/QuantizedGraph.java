package dev.embedding.infer.quantize;

import static dev.embedding.infer.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.onnx.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A graph whose weighted products are computed with 8-bit numbers. Their inputs are smoothed, then scaled: by the
 * largest number of the whole text, or, where single tokens stand out, by that of each token.
 */
final class QuantizedGraph {

    private static final String CONTRIBUTED = "com.microsoft";
    private static final String ONE = GraphQuantizer.PREFIX + "one";
    private static final String LARGEST = GraphQuantizer.PREFIX + "127";
    private static final String LEAST = GraphQuantizer.PREFIX + "least";
    private static final String MIDDLE = GraphQuantizer.PREFIX + "128";
    private static final String ZERO = GraphQuantizer.PREFIX + "weights_zero";

    private final QuantizationOptions options;
    private final ReductionNodes reductions;
    private final Map<String, float[]> factors;
    /** Weights by their product's output. */
    private final Map<String, QuantizedWeights> ofProducts = new ConcurrentHashMap<>();

    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> constants = new ArrayList<>();
    /** Tensors that are smoothed or scaled already, by the tensor that they are made of. */
    private final Set<String> smoothed = new HashSet<>();

    private final Map<String, Scaled> byText = new HashMap<>();
    private final Map<String, Scaled> byToken = new HashMap<>();

    /**
     * Names of the tensors of a scaled input.
     *
     * @param values 8-bit integers
     * @param scale of all, or of each token
     */
    private record Scaled(String values, String scale, String zero) {}

    private QuantizedGraph(QuantizationOptions options, ReductionNodes reductions, Map<String, float[]> factors) {
        this.options = options;
        this.reductions = reductions;
        this.factors = factors;
    }

    /**
     * @param products the products to be quantized
     * @param factors smoothing factors for each tensor that they read
     * @param parallel runs the quantizing of each product's weights
     */
    static ModelProto of(
            ModelProto model,
            List<WeightedProduct> products,
            Map<String, float[]> factors,
            QuantizationOptions options,
            ReductionNodes reductions,
            ParallelParts parallel) {
        QuantizedGraph quantized = new QuantizedGraph(options, reductions, factors);
        Map<String, WeightedProduct> byOutput = new HashMap<>();
        products.forEach(product -> byOutput.put(product.output(), product));
        parallel.run(products.size(), index -> quantized.addWeights(products.get(index)));
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
        Set<String> read = new HashSet<>();
        nodes.forEach(node -> read.addAll(node.getInputList()));
        GraphProto.Builder graph = model.getGraph().toBuilder();
        graph.clearNode().clearInitializer().clearValueInfo().addAllNode(nodes);
        model.getGraph().getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(graph::addInitializer);
        graph.addAllInitializer(constants).addAllInitializer(reductions.constants());
        graph.addInitializer(Tensors.number(ONE, 1));
        graph.addInitializer(Tensors.number(LARGEST, 127));
        graph.addInitializer(Tensors.number(LEAST, Float.MIN_NORMAL));
        graph.addInitializer(Tensors.bytes(MIDDLE, false, new byte[] {(byte) 128}));
        graph.addInitializer(
                options.signedWeights()
                        ? Tensors.bytes(ZERO, true, new byte[] {0})
                        : Tensors.bytes(ZERO, false, new byte[] {(byte) 128}));
        ModelProto.Builder changed = model.toBuilder().setGraph(graph);
        boolean known = model.getOpsetImportList().stream()
                .anyMatch(operators -> operators.getDomain().equals(CONTRIBUTED));
        if (!known) {
            changed.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(CONTRIBUTED).setVersion(1));
        }
        return changed.build();
    }

    private void addWeights(WeightedProduct product) {
        ofProducts.put(product.output(), QuantizedWeights.of(product, factor(product)));
    }

    private float[] factor(WeightedProduct product) {
        float[] factor = factors.get(product.input());
        if (factor == null) {
            throw new IllegalArgumentException("There is no calibration of " + product.input());
        }
        return factor;
    }

    private void add(WeightedProduct product) {
        QuantizedWeights weights = Objects.requireNonNull(ofProducts.get(product.output()));
        String prefix = GraphQuantizer.PREFIX + product.output() + "/";
        boolean signed = options.signedWeights();
        constants.add(Tensors.bytes(
                prefix + "weights",
                signed,
                signed ? weights.values() : weights.shifted(),
                product.rows(),
                product.columns()));
        constants.add(Tensors.vector(prefix + "scales", weights.scales()));
        String input = smoothed(product.input(), factor(product));
        if (options.fine() || product.contracts()) {
            multiplyByToken(byToken.computeIfAbsent(input, this::scaledByToken), prefix, product.output());
        } else {
            multiplyByText(byText.computeIfAbsent(input, this::scaledByText), prefix, product.output());
        }
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
        Scaled scaled = new Scaled(tensor + "/values", tensor + "/scale", tensor + "/zero");
        nodes.add(NodeProto.newBuilder()
                .setOpType("DynamicQuantizeLinear")
                .setName(scaled.values())
                .addInput(tensor)
                .addAllOutput(List.of(scaled.values(), scaled.scale(), scaled.zero()))
                .build());
        return scaled;
    }

    /** Multiplies in the form that exporters write, which ONNX Runtime fuses. */
    private void multiplyByText(Scaled input, String prefix, String output) {
        nodes.add(node(
                "MatMulInteger", List.of(input.values(), prefix + "weights", input.zero(), ZERO), prefix + "sums"));
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
                        List.of(input.values(), prefix + "weights", ONE, prefix + "scales", MIDDLE, ZERO),
                        prefix + "unscaled")
                .toBuilder()
                .setDomain(CONTRIBUTED)
                .build());
        nodes.add(node("Mul", List.of(prefix + "unscaled", input.scale()), output));
    }
}
