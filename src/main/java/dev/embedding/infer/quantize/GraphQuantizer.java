package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.embedding.infer.graph.GraphPreparation;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.onnx.Tensors;
import dev.embedding.infer.runtime.InferenceException;
import dev.embedding.model.file.ModelWeights.Tensor;
import dev.embedding.support.Sha256;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Derives two models from one in floats: a calibration model, which measures the inputs of its products, and, with
 * those measurements, one in 8 bits.
 */
final class GraphQuantizer {

    static final String PREFIX = "dev.embedding/q/";

    /** Smaller tensors are part of the written graph. */
    private static final long SMALLEST_IN_FILE = 4096;

    private final SourceGraph source;
    private final QuantizationOptions options;
    private final ParallelParts parallel;
    private final List<WeightedProduct> products;

    /** @throws InferenceException when there is nothing that can be quantized */
    GraphQuantizer(SourceGraph source, QuantizationOptions options, ParallelParts parallel) {
        this.source = source;
        this.options = options;
        this.parallel = parallel;
        this.products = quantizable(source.products());
        if (products.isEmpty()) {
            throw new InferenceException("it has no matrix multiplication with constant weights in fp32", null);
        }
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

    /** The calibration model, whose output for one text is the largest absolute inputs of its products. */
    ModelProto calibration() {
        return CalibrationGraph.of(source.model(), products, reductions());
    }

    private ReductionNodes reductions() {
        return new ReductionNodes(GraphPreparation.opset(source.model()));
    }

    /**
     * Writes the model in 8 bits.
     *
     * @param target the file of the graph; that with the weights is written beside it
     * @param largest the calibration model's output, the maximum over all texts
     */
    QuantizedFile write(Path target, float[] largest) throws IOException {
        Path unnamed = target.resolveSibling(target.getFileName() + ".weights");
        try {
            ModelProto model;
            try (WeightsFile weights = WeightsFile.create(unnamed)) {
                model = quantized(weights, largest);
            }
            String hash = Sha256.ofFile(unnamed);
            Path named = target.resolveSibling(QuantizedFile.nameOfWeights(hash));
            String name = named.getFileName().toString();
            write(target, Graphs.relocated(model, unnamedFile -> name));
            Files.move(unnamed, named, StandardCopyOption.ATOMIC_MOVE);
            return new QuantizedFile(target, named, hash);
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }

    private static void write(Path target, ModelProto model) throws IOException {
        try (OutputStream file = new FileOutputStream(target.toFile())) {
            model.writeTo(file);
        }
    }

    private ModelProto quantized(WeightsFile file, float[] largest) throws IOException {
        Map<String, float[]> factors = factors(largest);
        Map<String, QuantizedGraph.Weights> weights = new ConcurrentHashMap<>();
        Map<String, Long> places = new HashMap<>();
        products.forEach(product -> places.put(product.output(), file.allocate(product.bytes())));
        parallel.run(products.size(), index -> {
            WeightedProduct product = products.get(index);
            long place = Objects.requireNonNull(places.get(product.output()));
            QuantizedWeights values =
                    new QuantizedWeights(product, Objects.requireNonNull(factors.get(product.input())));
            try {
                values.write(file, place, options.signedWeights());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            weights.put(product.output(), new QuantizedGraph.Weights(place, values.scales()));
        });
        ModelProto model = QuantizedGraph.of(source.model(), products, factors, weights, options, reductions());
        return withOthers(model, file);
    }

    /** Copies the weights that stay as they are. */
    private ModelProto withOthers(ModelProto model, WeightsFile file) throws IOException {
        Map<String, Tensor> others = new HashMap<>();
        source.weights().forEach(weight -> others.put(weight.name(), weight));
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (int index = 0; index < graph.getInitializerCount(); index++) {
            TensorProto tensor = graph.getInitializer(index);
            Tensor other = others.get(tensor.getName());
            if (other != null) {
                graph.setInitializer(index, copied(tensor, other, file));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private TensorProto copied(TensorProto tensor, Tensor weight, WeightsFile file) throws IOException {
        if (weight.bytes() < SMALLEST_IN_FILE) {
            return tensor.toBuilder()
                    .clearExternalData()
                    .clearDataLocation()
                    .setRawData(ByteString.copyFrom(source.files().bytes(weight)))
                    .build();
        }
        return Tensors.external(
                tensor.getName(),
                TensorProto.DataType.forNumber(tensor.getDataType()),
                "",
                file.copy(weight),
                weight.bytes(),
                Arrays.stream(weight.shape()).asLongStream().toArray());
    }

    private Map<String, float[]> factors(float[] largest) {
        Map<String, float[]> ofWeights = new ConcurrentHashMap<>();
        parallel.run(
                products.size(),
                index -> ofWeights.merge(
                        products.get(index).input(), products.get(index).largest(), GraphQuantizer::larger));
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

    private static float[] larger(float[] one, float[] other) {
        float[] larger = new float[one.length];
        for (int index = 0; index < larger.length; index++) {
            larger[index] = Math.max(one[index], other[index]);
        }
        return larger;
    }
}
