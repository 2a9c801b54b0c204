package dev.embedding.infer.graph;

import static dev.embedding.infer.onnx.Nodes.node;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.embedding.infer.onnx.Graphs;
import dev.embedding.infer.onnx.Nodes;
import dev.embedding.infer.onnx.ReductionNodes;
import dev.embedding.infer.onnx.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces layer normalisation by operations that ONNX Runtime vectorises. Its own LayerNormalization, into which it
 * also fuses the equivalent nodes that exporters write, computes one number at a time on a CPU. A square that is
 * written as a product is not recognised, so nothing is fused.
 */
public final class VectorizedLayerNorm {

    private static final float USUAL_EPSILON = 1e-5f;

    private final GraphProto graph;
    private final ReductionNodes reductions;
    private final Map<String, TensorProto> constants = new HashMap<>();

    private VectorizedLayerNorm(GraphProto graph, ReductionNodes reductions) {
        this.graph = graph;
        this.reductions = reductions;
        graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
        for (NodeProto node : graph.getNodeList()) {
            if (node.getOpType().equals("Constant") && node.getAttributeCount() == 1) {
                constants.put(node.getOutput(0), node.getAttribute(0).getT());
            }
        }
    }

    public static ModelProto apply(ModelProto model) {
        ReductionNodes reductions = new ReductionNodes(GraphPreparation.opset(model));
        GraphProto replaced = new VectorizedLayerNorm(model.getGraph(), reductions).replaced();
        return model.toBuilder()
                .setGraph(Graphs.withConstants(replaced, reductions.constants()))
                .build();
    }

    private GraphProto replaced() {
        GraphProto.Builder changed = graph.toBuilder().clearNode();
        for (NodeProto node : graph.getNodeList()) {
            if (isSquare(node)) {
                changed.addNode(node("Mul", List.of(node.getInput(0), node.getInput(0)), node.getOutput(0)));
            } else if (isOverComponents(node)) {
                addNormalization(changed, node);
            } else {
                changed.addNode(node);
            }
        }
        return changed.build();
    }

    private boolean isSquare(NodeProto node) {
        TensorProto exponent = node.getOpType().equals("Pow") ? constants.get(node.getInput(1)) : null;
        return exponent != null && Tensors.isFloat(exponent) && isTwo(exponent);
    }

    private static boolean isTwo(TensorProto exponent) {
        var values = Tensors.floats(exponent);
        return values.remaining() == 1 && values.get(0) == 2;
    }

    private static boolean isOverComponents(NodeProto node) {
        AttributeProto axis = attribute(node, "axis");
        return node.getOpType().equals("LayerNormalization")
                && node.getInputCount() == 3
                && node.getOutputCount() == 1
                && (axis == null || axis.getI() == -1);
    }

    private static @Nullable AttributeProto attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void addNormalization(GraphProto.Builder changed, NodeProto node) {
        AttributeProto given = attribute(node, "epsilon");
        String prefix = Nodes.PREFIX + node.getOutput(0) + "/";
        String input = node.getInput(0);
        String centred = prefix + "centred";
        changed.addInitializer(Tensors.number(prefix + "epsilon", given == null ? USUAL_EPSILON : given.getF()));
        changed.addNode(reductions.reduce("ReduceMean", input, -1, true, prefix + "mean"));
        changed.addNode(node("Sub", List.of(input, prefix + "mean"), centred));
        changed.addNode(node("Mul", List.of(centred, centred), prefix + "squares"));
        changed.addNode(reductions.reduce("ReduceMean", prefix + "squares", -1, true, prefix + "variance"));
        changed.addNode(node("Add", List.of(prefix + "variance", prefix + "epsilon"), prefix + "above_zero"));
        changed.addNode(node("Sqrt", List.of(prefix + "above_zero"), prefix + "deviation"));
        changed.addNode(node("Div", List.of(centred, prefix + "deviation"), prefix + "normalized"));
        changed.addNode(node("Mul", List.of(prefix + "normalized", node.getInput(1)), prefix + "scaled"));
        changed.addNode(node("Add", List.of(prefix + "scaled", node.getInput(2)), node.getOutput(0)));
    }
}
