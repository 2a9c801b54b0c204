package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;

/** Creates reductions over one axis in the form that the operator set's version requires. */
public final class ReductionNodes {

    /** First operator set in which axes are an input of every reduction. */
    private static final long AXES_AS_INPUT = 18;

    private final boolean axesAsInput;
    private final List<TensorProto> constants = new ArrayList<>();

    /** @param opset version of the standard operators */
    public ReductionNodes(long opset) {
        this.axesAsInput = opset >= AXES_AS_INPUT;
    }

    public NodeProto reduce(String op, String input, int axis, boolean keeps, String output) {
        AttributeProto keepDims = AttributeProto.newBuilder()
                .setName("keepdims")
                .setType(AttributeProto.AttributeType.INT)
                .setI(keeps ? 1 : 0)
                .build();
        if (!axesAsInput) {
            AttributeProto axes = AttributeProto.newBuilder()
                    .setName("axes")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(axis)
                    .build();
            return Nodes.node(op, List.of(input), output, axes, keepDims);
        }
        String name = GraphPreparation.PREFIX + "axis/" + axis;
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
