package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.graph.VectorizedLayerNorm;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.file.FileBytes;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Derives two models from one in fp32: a calibration model, which measures the inputs of its products, and, with those
 * measurements, one in 8 bits.
 */
final class GraphQuantizer {

    static final String PREFIX = "dev.embedding/q/";

    /** First operator set with DynamicQuantizeLinear and with axes counted from the end. */
    private static final long SMALLEST_OPSET = 11;

    private final Path source;
    private final QuantizationOptions options;

    /** @param source an ONNX file in fp32 that holds all its weights */
    GraphQuantizer(Path source, QuantizationOptions options) {
        this.source = source;
        this.options = options;
    }

    /** A rewritten model and its products that are to be quantized. */
    private record Parts(ModelProto model, List<WeightedProduct> products, ReductionNodes reductions) {}

    private interface Rewriting {
        ModelProto apply(Parts parts);
    }

    /**
     * Writes the calibration model, whose output for one text is the largest absolute inputs of its products.
     *
     * @throws InferenceException when there is nothing that can be quantized
     */
    void writeCalibration(Path target) throws IOException {
        write(target, parts -> CalibrationGraph.of(parts.model(), parts.products(), parts.reductions()));
    }

    /**
     * Writes the model in 8 bits.
     *
     * @param largest the calibration model's output, the maximum over all texts
     * @throws InferenceException when there is nothing that can be quantized
     */
    void writeQuantized(Path target, float[] largest, ParallelParts parallel) throws IOException {
        write(
                target,
                parts -> QuantizedGraph.of(
                        parts.model(),
                        parts.products(),
                        factors(parts.products(), largest),
                        options,
                        parts.reductions(),
                        parallel));
    }

    private void write(Path target, Rewriting rewriting) throws IOException {
        try (FileBytes content = FileBytes.read(source)) {
            // Aliased, so that the fp32 weights never lie on the heap.
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(content.bytes()).newCodedInput();
            input.enableAliasing(true);
            ModelProto rewritten = rewriting.apply(parts(ModelProto.parseFrom(input)));
            try (OutputStream file = new FileOutputStream(target.toFile())) {
                rewritten.writeTo(file);
            }
        }
    }

    private Parts parts(ModelProto exported) {
        long opset = GraphPreparation.opset(exported);
        if (opset < SMALLEST_OPSET) {
            throw new InferenceException(
                    "its operators are of version " + opset + ", and quantizing takes " + SMALLEST_OPSET + " or later",
                    null);
        }
        ModelProto model = GraphPreparation.prepare(
                        exported,
                        new GraphPreparation.Wish(
                                options.outputs(), new GraphPreparation.End.Tokens(), options.firstTokenOnly(), false))
                .map(GraphPreparation.Prepared::model)
                .orElse(exported);
        ReductionNodes reductions = new ReductionNodes(opset);
        model = model.toBuilder()
                .setGraph(VectorizedLayerNorm.apply(model.getGraph(), reductions))
                .build();
        List<WeightedProduct> products = quantizable(WeightedProduct.all(model.getGraph()));
        if (products.isEmpty()) {
            throw new InferenceException("it has no matrix multiplication with constant weights in fp32", null);
        }
        return new Parts(model, products, reductions);
    }

    /** All products; with {@code fine}, without those that contract in the first third of the layers. */
    private List<WeightedProduct> quantizable(List<WeightedProduct> all) {
        List<WeightedProduct> contracting =
                all.stream().filter(WeightedProduct::contracts).toList();
        Set<String> unquantized = new HashSet<>();
        if (options.fine()) {
            contracting.stream()
                    .limit((contracting.size() + 2) / 3)
                    .forEach(product -> unquantized.add(product.output()));
        }
        return all.stream()
                .filter(product -> !unquantized.contains(product.output()))
                .toList();
    }

    private static Map<String, float[]> factors(List<WeightedProduct> products, float[] largest) {
        Map<String, float[]> ofWeights = new HashMap<>();
        for (WeightedProduct product : products) {
            product.addLargest(ofWeights.computeIfAbsent(product.input(), input -> new float[product.rows()]));
        }
        Map<String, float[]> factors = new HashMap<>();
        int start = 0;
        for (Map.Entry<String, Integer> input :
                CalibrationGraph.inputs(products).entrySet()) {
            int end = start + input.getValue();
            factors.put(
                    input.getKey(),
                    Smoothing.factors(
                            Arrays.copyOfRange(largest, start, end),
                            Objects.requireNonNull(ofWeights.get(input.getKey()))));
            start = end;
        }
        return factors;
    }
}
