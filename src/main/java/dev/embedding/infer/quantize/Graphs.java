package dev.embedding.infer.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Changes graphs as a whole. */
final class Graphs {

    private Graphs() {}

    /** The graph with further constants, of which it may have some already, by name. */
    static GraphProto withConstants(GraphProto graph, List<TensorProto> constants) {
        Set<String> known = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> known.add(tensor.getName()));
        GraphProto.Builder changed = graph.toBuilder();
        constants.stream().filter(tensor -> known.add(tensor.getName())).forEach(changed::addInitializer);
        return changed.build();
    }

    /** The graph without nodes and constants that no output depends on. */
    static GraphProto withoutUnused(GraphProto graph) {
        Set<String> read = new HashSet<>();
        graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(read::add);
        List<NodeProto> nodes = new ArrayList<>();
        for (int index = graph.getNodeCount() - 1; index >= 0; index--) {
            NodeProto node = graph.getNode(index);
            if (node.getOutputList().stream().anyMatch(read::contains)) {
                nodes.add(node);
                addReads(node, read);
            }
        }
        Collections.reverse(nodes);
        GraphProto.Builder changed =
                graph.toBuilder().clearNode().clearInitializer().addAllNode(nodes);
        graph.getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(changed::addInitializer);
        return changed.build();
    }

    /** Adds what a node reads, also in graphs inside it. */
    private static void addReads(NodeProto node, Set<String> read) {
        read.addAll(node.getInputList());
        for (AttributeProto attribute : node.getAttributeList()) {
            addReads(attribute.getG(), read);
            attribute.getGraphsList().forEach(graph -> addReads(graph, read));
        }
    }

    private static void addReads(GraphProto inside, Set<String> read) {
        inside.getNodeList().forEach(node -> addReads(node, read));
        inside.getOutputList().forEach(output -> read.add(output.getName()));
    }
}
