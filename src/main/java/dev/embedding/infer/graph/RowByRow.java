package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Nodes;
import java.util.List;
import java.util.Set;

/** Recognises nodes that compute each token's row from that row alone. */
final class RowByRow {

    private static final long COMPONENT_AXIS = 2;
    private static final AttributeProto OVER_COMPONENTS = AttributeProto.newBuilder()
            .setName("axes")
            .setType(AttributeProto.AttributeType.INTS)
            .addInts(-1)
            .build();

    /**
     * Operations that compute each token's row from that row alone, when their other inputs do not depend on tokens.
     */
    private static final Set<String> ROW_BY_ROW = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Pow",
            "Sqrt",
            "Erf",
            "Tanh",
            "Relu",
            "Sigmoid",
            "Gelu",
            "FastGelu",
            "BiasGelu",
            "QuickGelu",
            "Neg",
            "Abs",
            "Exp",
            "Reciprocal",
            "Min",
            "Max",
            "Clip",
            "Softplus",
            "Identity",
            "Cast",
            "Dropout");

    private RowByRow() {}

    /** Whether a node reads nothing but tokens' rows and constants, and treats each row by itself. */
    static boolean matches(OnnxGraph graph, NodeProto node, Set<String> rows) {
        return node.getInputList().stream().allMatch(tensor -> rows.contains(tensor) || graph.isUniform(tensor))
                && matches(graph, node);
    }

    private static boolean matches(OnnxGraph graph, NodeProto node) {
        return switch (node.getOpType()) {
            case Nodes.MAT_MUL -> graph.isConstant(node.getInput(1));
            case "ReduceMean" -> isOverComponents(axes(graph, node));
            case "LayerNormalization" -> attribute(node, "axis").isEmpty() || isOverComponents(attribute(node, "axis"));
            default -> ROW_BY_ROW.contains(node.getOpType());
        };
    }

    private static boolean isOverComponents(List<Long> axes) {
        return axes.equals(List.of(-1L)) || axes.equals(List.of(COMPONENT_AXIS));
    }

    /** The axes of a reduction, which are an input in newer operator sets. */
    private static List<Long> axes(OnnxGraph graph, NodeProto node) {
        return node.getInputCount() > 1 ? graph.integers(node.getInput(1)) : attribute(node, "axes");
    }

    /**
     * The same row-by-row node, for rows that are not in a batch: its axis counts from the end.
     *
     * @param target where a constant that it reads is added
     */
    static NodeProto ofAnyRank(NodeProto node, GraphBuilder target) {
        return switch (node.getOpType()) {
            case "ReduceMean" ->
                node.getInputCount() > 1
                        ? Nodes.withInput(node, node.getInput(1), target.integers(-1))
                        : withAttribute(node, OVER_COMPONENTS);
            case "LayerNormalization" -> withAttribute(node, Nodes.axis(-1));
            default -> node;
        };
    }

    private static NodeProto withAttribute(NodeProto node, AttributeProto changed) {
        List<AttributeProto> others = node.getAttributeList().stream()
                .filter(attribute -> !attribute.getName().equals(changed.getName()))
                .toList();
        return node.toBuilder()
                .clearAttribute()
                .addAllAttribute(others)
                .addAttribute(changed)
                .build();
    }

    /** The integers of an attribute; empty when the node has no such attribute. */
    private static List<Long> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .map(attribute -> attribute.getType() == AttributeProto.AttributeType.INT
                        ? List.of(attribute.getI())
                        : attribute.getIntsList())
                .orElse(List.of());
    }
}
