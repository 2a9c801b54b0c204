package dev.embedding.infer.graph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks that a graph can be traversed from node to node: each tensor is produced once, before it is read. In such a
 * graph every path ends.
 */
final class GraphOrder {

    private GraphOrder() {}

    static boolean isKept(GraphProto graph) {
        Set<String> known = new HashSet<>(Set.of("")); // an input or output that is left out
        graph.getInputList().stream().map(ValueInfoProto::getName).forEach(known::add);
        graph.getInitializerList().forEach(tensor -> known.add(tensor.getName()));
        graph.getSparseInitializerList()
                .forEach(tensor -> known.add(tensor.getValues().getName()));
        for (NodeProto node : graph.getNodeList()) {
            if (!known.containsAll(node.getInputList())) {
                return false;
            }
            for (String output : node.getOutputList()) {
                if (!known.add(output) && !output.isEmpty()) {
                    return false;
                }
            }
        }
        return true;
    }
}
