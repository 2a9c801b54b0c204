package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;

/** Creates reductions over one axis in the form that the operator set's version requires. */
public final class ReductionNodes {

    /** First operator sets in which axes are an input: of sums, and of every reduction. */
    private static final long AXES_OF_SUMS_AS_INPUT = 13;

    private static final long AXES_AS_INPUT = 18;

    private final long opset;
    private final List<TensorProto> constants = new ArrayList<>();

    /** @param opset version of the standard operators */
    public ReductionNodes(long opset) {
        this.opset = opset;
    }

    public NodeProto reduce(String op, String input, int axis, boolean keeps, String output) {
        AttributeProto keepDims = AttributeProto.newBuilder()
                .setName("keepdims")
                .setType(AttributeProto.AttributeType.INT)
                .setI(keeps ? 1 : 0)
                .build();
        if (opset < (op.equals("ReduceSum") ? AXES_OF_SUMS_AS_INPUT : AXES_AS_INPUT)) {
            AttributeProto axes = AttributeProto.newBuilder()
                    .setName("axes")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(axis)
                    .build();
            return Nodes.node(op, List.of(input), output, axes, keepDims);
        }
        String name = Nodes.PREFIX + "axis/" + axis;
        if (constants.stream().noneMatch(tensor -> tensor.getName().equals(name))) {
            constants.add(Nodes.integers(name, axis));
        }
        return Nodes.node(op, List.of(input, name), output, keepDims);
    }

    /** Constants that the nodes created so far need. */
    public List<TensorProto> constants() {
        return constants;
    }
}
