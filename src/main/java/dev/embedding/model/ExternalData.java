package dev.embedding.model;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Finds the files that hold an ONNX file's external tensors. Only the messages on the way to tensors are read; whatever
 * else is in the file, the weights above all, is skipped without coming into memory.
 *
 * @see <a href="https://onnx.ai/onnx/repo-docs/ExternalData.html">the format</a>
 */
final class ExternalData {

    /** The messages that tensors may be in. */
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

    /** For each message its fields that lead to tensors, and what these are. */
    private static final Map<Message, Map<Integer, Message>> WAYS = Map.of(
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

    private final SortedSet<String> locations = new TreeSet<>();

    private ExternalData() {}

    /**
     * Locations as they stand in the file: paths relative to it, each once, in order.
     *
     * @throws IOException when the file cannot be read, or is no ONNX file
     */
    static SortedSet<String> locations(Path onnxFile) throws IOException {
        ExternalData found = new ExternalData();
        try (InputStream content = Files.newInputStream(onnxFile)) {
            CodedInputStream input = CodedInputStream.newInstance(content);
            input.setSizeLimit(Integer.MAX_VALUE);
            found.read(input, Message.MODEL);
        }
        return found.locations;
    }

    private void read(CodedInputStream input, Message message) throws IOException {
        if (message == Message.TENSOR_LOCATION) {
            StringStringEntryProto entry =
                    StringStringEntryProto.parseFrom(input, ExtensionRegistryLite.getEmptyRegistry());
            if (entry.getKey().equals(LOCATION)) {
                locations.add(entry.getValue());
            }
            return;
        }
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            Message inside = WAYS.getOrDefault(message, Map.of()).get(WireFormat.getTagFieldNumber(tag));
            if (inside == null || WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                input.skipField(tag);
                continue;
            }
            int outer = input.pushLimit(input.readRawVarint32());
            read(input, inside);
            input.checkLastTagWas(0);
            input.popLimit(outer);
        }
    }
}
