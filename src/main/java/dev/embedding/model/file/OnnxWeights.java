package dev.embedding.model.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Metadata of an ONNX file's weights: types, operators and external files. Only the messages on the path to tensors are
 * read; everything else in the file, above all the weights, is skipped without being loaded.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">external data</a>
 */
public final class OnnxWeights {

    /** Operators that scale their input by its largest value, so that the texts of a batch influence each other. */
    private static final Set<String> SCALING_BY_BATCH =
            Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

    /** Operators that are in graphs with quantized weights only. */
    private static final Set<String> QUANTIZED = Set.of(
            "DynamicQuantizeLinear",
            "DynamicQuantizeMatMul",
            "DequantizeLinear",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "QLinearMatMul",
            "QAttention");

    private static final Set<String> QUANTIZED_TO_FOUR_BITS = Set.of("MatMulNBits", "MatMulBnb4", "MatMulFpQ4");

    /** The protobuf messages that may contain tensors. */
    private enum Message {
        MODEL,
        GRAPH,
        FUNCTION,
        NODE,
        ATTRIBUTE,
        SPARSE_TENSOR,
        TENSOR,
        TENSOR_LOCATION
    }

    /** For each message its fields that lead to tensors, and the messages in these fields. */
    private static final Map<Message, Map<Integer, Message>> FIELDS_TO_TENSORS = Map.of(
            Message.MODEL,
            Map.of(
                    ModelProto.GRAPH_FIELD_NUMBER, Message.GRAPH,
                    ModelProto.FUNCTIONS_FIELD_NUMBER, Message.FUNCTION),
            Message.GRAPH,
            Map.of(
                    GraphProto.NODE_FIELD_NUMBER, Message.NODE,
                    GraphProto.INITIALIZER_FIELD_NUMBER, Message.TENSOR,
                    GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER, Message.SPARSE_TENSOR),
            Message.FUNCTION,
            Map.of(FunctionProto.NODE_FIELD_NUMBER, Message.NODE),
            Message.NODE,
            Map.of(NodeProto.ATTRIBUTE_FIELD_NUMBER, Message.ATTRIBUTE),
            Message.ATTRIBUTE,
            Map.of(
                    AttributeProto.T_FIELD_NUMBER, Message.TENSOR,
                    AttributeProto.TENSORS_FIELD_NUMBER, Message.TENSOR,
                    AttributeProto.G_FIELD_NUMBER, Message.GRAPH,
                    AttributeProto.GRAPHS_FIELD_NUMBER, Message.GRAPH,
                    AttributeProto.SPARSE_TENSOR_FIELD_NUMBER, Message.SPARSE_TENSOR,
                    AttributeProto.SPARSE_TENSORS_FIELD_NUMBER, Message.SPARSE_TENSOR),
            Message.SPARSE_TENSOR,
            Map.of(
                    SparseTensorProto.VALUES_FIELD_NUMBER, Message.TENSOR,
                    SparseTensorProto.INDICES_FIELD_NUMBER, Message.TENSOR),
            Message.TENSOR,
            Map.of(TensorProto.EXTERNAL_DATA_FIELD_NUMBER, Message.TENSOR_LOCATION),
            Message.TENSOR_LOCATION,
            Map.of());

    private static final String LOCATION = "location";

    /** Protobuf's own limit; deeply nested graphs could otherwise exhaust the stack. */
    private static final int MAX_DEPTH = 100;

    private final SortedSet<String> externalData = new TreeSet<>();
    private final Set<String> operators = new HashSet<>();
    /** Number of weights of each data type. */
    private final Map<Integer, Long> numbers = new HashMap<>();

    private int depth;

    private OnnxWeights() {}

    /** @throws IOException when the file cannot be read, or is no ONNX file */
    public static OnnxWeights read(Path onnxFile) throws IOException {
        OnnxWeights content = new OnnxWeights();
        try (InputStream bytes = Files.newInputStream(onnxFile)) {
            CodedInputStream input = CodedInputStream.newInstance(bytes);
            input.setSizeLimit(Integer.MAX_VALUE);
            content.read(input, Message.MODEL);
        }
        return content;
    }

    /** The files with external tensors: paths relative to the ONNX file, each once, in order. */
    public SortedSet<String> externalData() {
        return externalData;
    }

    /** Whether a text's vector depends on the others of its batch. */
    public boolean scalesByBatch() {
        return !Collections.disjoint(operators, SCALING_BY_BATCH);
    }

    /** {@code fp32}, {@code fp16}, {@code int8} or {@code int4}, of most of the weights. */
    public String precision() {
        if (!Collections.disjoint(operators, QUANTIZED_TO_FOUR_BITS)) {
            return "int4";
        }
        if (!Collections.disjoint(operators, QUANTIZED)) {
            return "int8";
        }
        long half = count(DataType.FLOAT16) + count(DataType.BFLOAT16);
        return half > count(DataType.FLOAT) ? "fp16" : "fp32";
    }

    private long count(DataType type) {
        return numbers.getOrDefault(type.getNumber(), 0L);
    }

    private void read(CodedInputStream input, Message message) throws IOException {
        switch (message) {
            case TENSOR -> readTensor(input);
            case TENSOR_LOCATION -> readLocation(input);
            case MODEL, GRAPH, FUNCTION, NODE, ATTRIBUTE, SPARSE_TENSOR -> readFields(input, message);
        }
    }

    private void readFields(CodedInputStream input, Message message) throws IOException {
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (message == Message.NODE && WireFormat.getTagFieldNumber(tag) == NodeProto.OP_TYPE_FIELD_NUMBER) {
                operators.add(input.readString());
            } else {
                readField(input, tag, message);
            }
        }
    }

    private void readTensor(CodedInputStream input) throws IOException {
        int type = 0;
        long count = 1;
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            boolean isNumber = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
            if (isNumber && WireFormat.getTagFieldNumber(tag) == TensorProto.DIMS_FIELD_NUMBER) {
                count *= input.readInt64();
            } else if (isNumber && WireFormat.getTagFieldNumber(tag) == TensorProto.DATA_TYPE_FIELD_NUMBER) {
                type = input.readInt32();
            } else if (!isNumber && WireFormat.getTagFieldNumber(tag) == TensorProto.DIMS_FIELD_NUMBER) {
                int outer = input.pushLimit(input.readRawVarint32());
                while (!input.isAtEnd()) {
                    count *= input.readInt64();
                }
                input.popLimit(outer);
            } else {
                readField(input, tag, Message.TENSOR);
            }
        }
        numbers.merge(type, count, Long::sum);
    }

    private void readLocation(CodedInputStream input) throws IOException {
        StringStringEntryProto entry =
                StringStringEntryProto.parseFrom(input, ExtensionRegistryLite.getEmptyRegistry());
        if (entry.getKey().equals(LOCATION)) {
            externalData.add(entry.getValue());
        }
    }

    private void readField(CodedInputStream input, int tag, Message message) throws IOException {
        Message inside = FIELDS_TO_TENSORS.getOrDefault(message, Map.of()).get(WireFormat.getTagFieldNumber(tag));
        if (inside == null || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            input.skipField(tag);
            return;
        }
        if (++depth > MAX_DEPTH) {
            throw new IOException("It has messages more than " + MAX_DEPTH + " deep");
        }
        int outer = input.pushLimit(input.readRawVarint32());
        read(input, inside);
        input.checkLastTagWas(0);
        input.popLimit(outer);
        depth--;
    }
}
