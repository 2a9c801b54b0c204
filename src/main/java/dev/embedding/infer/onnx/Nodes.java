package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/** Creates nodes and constants of an ONNX graph. */
public final class Nodes {

    /** What names of tensors begin with that no export has. */
    public static final String PREFIX = "dev.embedding/";

    public static final String MAT_MUL = "MatMul";

    /** Domain of operators of ONNX Runtime that are not part of the standard. */
    public static final String MICROSOFT = "com.microsoft";

    /** The sequence axis of {@code [batch, sequence, hidden]}. */
    public static final int SEQUENCE_AXIS = 1;

    private Nodes() {}

    /** What a model has to import for operators of ONNX Runtime. */
    static OperatorSetIdProto operatorsOfRuntime() {
        return OperatorSetIdProto.newBuilder()
                .setDomain(MICROSOFT)
                .setVersion(1)
                .build();
    }

    public static NodeProto node(String op, List<String> inputs, String output, AttributeProto... attributes) {
        return NodeProto.newBuilder()
                .setOpType(op)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes))
                .build();
    }

    public static NodeProto gather(String tensor, String indices, int axis, String output) {
        return node("Gather", List.of(tensor, indices), output, axis(axis));
    }

    public static AttributeProto axis(int axis) {
        return AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.INT)
                .setI(axis)
                .build();
    }

    /** A constant list of integers. */
    public static TensorProto integers(String name, long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor.build();
    }

    public static NodeProto withInput(NodeProto node, String before, String after) {
        List<String> inputs = node.getInputList().stream()
                .map(input -> input.equals(before) ? after : input)
                .toList();
        return node.toBuilder().clearInput().addAllInput(inputs).build();
    }
}
