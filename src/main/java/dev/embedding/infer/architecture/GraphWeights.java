package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Tensors;
import dev.embedding.model.file.ModelWeights;
import dev.embedding.model.file.ModelWeights.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The weights that a graph reads, as initializers whose values stay in the files. Weights of 16 bits are widened by the
 * engine when it opens the graph.
 */
final class GraphWeights {

    /** What checkpoints hold besides weights: positions by number, and tables that follow from the configuration. */
    private static final Pattern BUFFERS =
            Pattern.compile("(.*\\.)?(position_ids|token_type_ids|rotary_emb\\..*|inv_freq|masked_bias|attn\\.bias)");

    private static final int SHOWN = 5;

    /** The engine holds about half of the widened weights beside their copies; measured. */
    private static final double WIDENING = 1.55;

    private final GraphBuilder graph;
    private final ModelWeights weights;
    private final String prefix;
    private final Map<String, Tensor> used = new LinkedHashMap<>();
    private final Map<String, String> floats = new LinkedHashMap<>();
    private final Set<String> widened = new HashSet<>();
    private long copiedBytes;
    private final Set<String> asked = new HashSet<>();

    /**
     * @param prefixes what the names of the weights may begin with
     * @param first a weight that every model of the family has
     */
    GraphWeights(GraphBuilder graph, ModelWeights weights, List<String> prefixes, String first) {
        this.graph = graph;
        this.weights = weights;
        this.prefix = prefixes.stream()
                .filter(candidate -> weights.has(candidate + first))
                .findFirst()
                .orElseThrow(() -> new UnsupportedArchitectureException("The weight " + first + " is missing"));
    }

    boolean has(String name) {
        return weights.has(prefix + name);
    }

    /** The weight as 32-bit floats. */
    String floats(String name, int... shape) {
        return floats.computeIfAbsent(name, key -> {
            Tensor tensor = declared(key, shape);
            long numbers = Arrays.stream(shape).asLongStream().reduce(1, (one, other) -> one * other);
            if (tensor.type() == ModelWeights.Type.F32) {
                copiedBytes += Float.BYTES * numbers;
                return tensor.name();
            }
            copiedBytes += (long) (WIDENING * Float.BYTES * numbers);
            widened.add(tensor.name());
            return graph.prepare("Cast", tensor.name(), GraphBuilder.type(DataType.FLOAT));
        });
    }

    /** Counts numbers that the engine computes from weights when it opens the graph, and keeps. */
    void countComputed(long numbers) {
        copiedBytes += Float.BYTES * numbers;
    }

    /** Rows of a table as 32-bit floats; the table itself stays as it is. */
    String rows(String name, String indices, int count, int width) {
        Tensor table = declared(name, count, width);
        String rows = graph.op("Gather", table.name(), indices);
        return table.type() == ModelWeights.Type.F32
                ? rows
                : graph.op("Cast", List.of(rows), GraphBuilder.type(DataType.FLOAT));
    }

    private Tensor declared(String name, int... shape) {
        Tensor tensor = tensor(name);
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new UnsupportedArchitectureException("The weight " + tensor.name() + " has the shape "
                    + Arrays.toString(tensor.shape()) + ", but " + ArchitectureConfig.FILE + " asks for "
                    + Arrays.toString(shape));
        }
        if (used.put(tensor.name(), tensor) == null) {
            graph.declare(initializer(tensor));
        }
        return tensor;
    }

    private Tensor tensor(String name) {
        String full = prefix + name;
        asked.add(full);
        if (!weights.has(full)) {
            // The names that TensorFlow gave, which older checkpoints have.
            String old = full.replaceAll("LayerNorm\\.weight$", "LayerNorm.gamma")
                    .replaceAll("LayerNorm\\.bias$", "LayerNorm.beta");
            if (!weights.has(old)) {
                throw new UnsupportedArchitectureException("The weight " + full + " is missing");
            }
            full = old;
        }
        asked.add(full);
        try {
            return weights.tensor(full);
        } catch (IOException failure) {
            throw new UnsupportedArchitectureException(String.valueOf(failure.getMessage()));
        }
    }

    private static TensorProto initializer(Tensor tensor) {
        return Tensors.external(
                tensor.name(),
                type(tensor.type()),
                tensor.file().getFileName().toString(),
                tensor.start(),
                tensor.bytes(),
                Arrays.stream(tensor.shape()).asLongStream().toArray());
    }

    private static DataType type(ModelWeights.Type type) {
        return switch (type) {
            case F32 -> DataType.FLOAT;
            case F16 -> DataType.FLOAT16;
            case BF16 -> DataType.BFLOAT16;
        };
    }

    /** Names of the tensors that are converted as a whole. */
    Set<String> widened() {
        return widened;
    }

    /** Bytes of the weights that the engine copies when it opens the graph, at their peak. */
    long copiedBytes() {
        return copiedBytes;
    }

    /** The tensors that the graph reads. */
    List<Tensor> used() {
        return List.copyOf(used.values());
    }

    /**
     * Requires that all weights were read. What lies outside the prefix belongs to heads of other tasks, as transformers
     * sees it.
     *
     * @param unused names, without the prefix, that do not change the vectors
     */
    void requireAllRead(Pattern unused) {
        List<String> left = new ArrayList<>();
        for (String name : weights.names()) {
            boolean known = asked.contains(name)
                    || !name.startsWith(prefix)
                    || BUFFERS.matcher(name).matches()
                    || unused.matcher(name.substring(prefix.length())).matches();
            if (!known) {
                left.add(name);
            }
        }
        if (!left.isEmpty()) {
            throw new UnsupportedArchitectureException("The weights "
                    + String.join(", ", left.subList(0, Math.min(SHOWN, left.size())))
                    + (left.size() > SHOWN ? " and " + (left.size() - SHOWN) + " more" : "")
                    + " have no place in a model of this configuration");
        }
    }
}
