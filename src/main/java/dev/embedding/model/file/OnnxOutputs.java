package dev.embedding.model.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The outputs of an ONNX file's graph, the nodes that compute them, and the inputs. Weights are skipped unread.
 */
public final class OnnxOutputs {

    /** Names of the output with a vector for each token. */
    private static final List<String> TOKEN_VECTORS = List.of("last_hidden_state", "token_embeddings");

    /** Name of the output with a vector for each text. */
    private static final String TEXT_VECTORS = "sentence_embedding";

    private static final int AXES_OF_TEXT_VECTORS = 2;
    /** Name of the output of classifiers and language models. */
    private static final String LOGITS = "logits";

    /** Prefixes of operators that a pooling has, and that nothing after it needs. */
    private static final List<String> POOLING = List.of("Reduce", "Gather", "Slice", "Einsum");

    /** What names of a decoder's inputs begin with that take keys and values of earlier tokens. */
    private static final String GENERATION_CACHE = "past_key_values";

    private final Set<String> inputs = new HashSet<>();
    private final Map<String, OptionalInt> axes = new TreeMap<>();
    private final Map<String, Node> nodesByOutput = new TreeMap<>();
    /** How many numbers each has. */
    private final Map<String, Long> weights = new TreeMap<>();

    private OnnxOutputs() {}

    private record Node(String operator, List<String> inputs) {
        boolean pools() {
            return POOLING.stream().anyMatch(operator::startsWith);
        }

        boolean isMatrixProduct() {
            return operator.contains("MatMul") || operator.contains("Gemm");
        }
    }

    /** @throws IOException when the file cannot be read, or is no ONNX file */
    public static OnnxOutputs read(Path onnxFile) throws IOException {
        OnnxOutputs outputs = new OnnxOutputs();
        try (InputStream bytes = Files.newInputStream(onnxFile)) {
            CodedInputStream input = CodedInputStream.newInstance(bytes);
            input.setSizeLimit(Integer.MAX_VALUE);
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                if (isMessage(tag, ModelProto.GRAPH_FIELD_NUMBER)) {
                    int outer = input.pushLimit(input.readRawVarint32());
                    outputs.readGraph(input);
                    input.popLimit(outer);
                } else {
                    input.skipField(tag);
                }
            }
        }
        return outputs;
    }

    /** Whether there is a vector for each token. */
    public boolean haveTokenVectors() {
        return TOKEN_VECTORS.stream().anyMatch(axes::containsKey);
    }

    /** Whether there is a vector for each text; an output of unknown shape counts. */
    public boolean haveTextVectors() {
        OptionalInt count = axes.getOrDefault(TEXT_VECTORS, OptionalInt.of(0));
        return count.orElse(AXES_OF_TEXT_VECTORS) == AXES_OF_TEXT_VECTORS;
    }

    /** Whether there are no vectors, but logits of a classifier or a language model. */
    public boolean areLogitsOnly() {
        return !haveTokenVectors() && !axes.containsKey(TEXT_VECTORS) && axes.containsKey(LOGITS);
    }

    /** Whether the graph was exported for generating text: it takes keys and values of earlier tokens. */
    public boolean readsGenerationCache() {
        return inputs.stream().anyMatch(name -> name.startsWith(GENERATION_CACHE));
    }

    /** Whether the pooled vectors are multiplied by weights, as a Dense module does it. */
    public boolean multiplyPooled() {
        List<String> waiting = new ArrayList<>(List.of(TEXT_VECTORS));
        Set<String> seen = new HashSet<>();
        while (!waiting.isEmpty()) {
            Node node = nodesByOutput.get(waiting.remove(waiting.size() - 1));
            if (node == null || node.pools()) {
                continue;
            }
            if (node.isMatrixProduct()) {
                if (node.inputs().stream().anyMatch(this::isConstant)) {
                    return true;
                }
                continue; // A product of two computed tensors is a pooling: a mask with the tokens' vectors.
            }
            node.inputs().stream().filter(seen::add).forEach(waiting::add);
        }
        return false;
    }

    /** Bytes of the tables of 32-bit floats of which only some rows are read, as those of token embeddings. */
    public long tableBytes() {
        return nodesByOutput.values().stream()
                .filter(node ->
                        node.operator().equals("Gather") && !node.inputs().isEmpty())
                .map(node -> node.inputs().get(0))
                .distinct()
                .mapToLong(tensor -> weights.getOrDefault(tensor, 0L) * Float.BYTES)
                .sum();
    }

    /** Whether a tensor is computed from weights only. */
    private boolean isConstant(String tensor) {
        List<String> waiting = new ArrayList<>(List.of(tensor));
        Set<String> seen = new HashSet<>();
        while (!waiting.isEmpty()) {
            String name = waiting.remove(waiting.size() - 1);
            Node node = nodesByOutput.get(name);
            if (node == null && !weights.containsKey(name)) {
                return false;
            }
            if (node != null) {
                node.inputs().stream()
                        .filter(input -> !input.isEmpty() && seen.add(input))
                        .forEach(waiting::add);
            }
        }
        return true;
    }

    private void readGraph(CodedInputStream input) throws IOException {
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, GraphProto.NODE_FIELD_NUMBER)) {
                readNode(input);
            } else if (isMessage(tag, GraphProto.INITIALIZER_FIELD_NUMBER)) {
                readWeights(input);
            } else if (isMessage(tag, GraphProto.OUTPUT_FIELD_NUMBER)) {
                readOutput(input);
            } else if (isMessage(tag, GraphProto.INPUT_FIELD_NUMBER)) {
                inputs.add(readValue(input).getName());
            } else {
                input.skipField(tag);
            }
        }
    }

    private void readNode(CodedInputStream input) throws IOException {
        String operator = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        int outer = input.pushLimit(input.readRawVarint32());
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, NodeProto.INPUT_FIELD_NUMBER)) {
                inputs.add(input.readString());
            } else if (isMessage(tag, NodeProto.OUTPUT_FIELD_NUMBER)) {
                outputs.add(input.readString());
            } else if (isMessage(tag, NodeProto.OP_TYPE_FIELD_NUMBER)) {
                operator = input.readString();
            } else {
                input.skipField(tag);
            }
        }
        input.popLimit(outer);
        Node node = new Node(operator, inputs);
        outputs.forEach(output -> nodesByOutput.put(output, node));
    }

    private void readWeights(CodedInputStream input) throws IOException {
        int outer = input.pushLimit(input.readRawVarint32());
        String name = "";
        long numbers = 1;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (isMessage(tag, TensorProto.NAME_FIELD_NUMBER)) {
                name = input.readString();
            } else if (isMessage(tag, TensorProto.DIMS_FIELD_NUMBER)) {
                int dimensions = input.pushLimit(input.readRawVarint32());
                while (!input.isAtEnd()) {
                    numbers *= input.readInt64();
                }
                input.popLimit(dimensions);
            } else if (WireFormat.getTagFieldNumber(tag) == TensorProto.DIMS_FIELD_NUMBER) {
                numbers *= input.readInt64();
            } else {
                input.skipField(tag);
            }
        }
        input.popLimit(outer);
        weights.put(name, numbers);
    }

    private void readOutput(CodedInputStream input) throws IOException {
        ValueInfoProto output = readValue(input);
        TypeProto.Tensor tensor = output.getType().getTensorType();
        axes.put(
                output.getName(),
                tensor.hasShape() ? OptionalInt.of(tensor.getShape().getDimCount()) : OptionalInt.empty());
    }

    private static ValueInfoProto readValue(CodedInputStream input) throws IOException {
        ValueInfoProto.Builder value = ValueInfoProto.newBuilder();
        input.readMessage(value, ExtensionRegistryLite.getEmptyRegistry());
        return value.build();
    }

    private static boolean isMessage(int tag, int field) {
        return WireFormat.getTagFieldNumber(tag) == field
                && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
