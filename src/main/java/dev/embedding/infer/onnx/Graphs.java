package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads and changes graphs as a whole. */
public final class Graphs {

    private Graphs() {}

    /** The graph with further constants, of which it may have some already, by name. */
    public static GraphProto withConstants(GraphProto graph, List<TensorProto> constants) {
        Set<String> known = new HashSet<>();
        graph.getInitializerList().forEach(tensor -> known.add(tensor.getName()));
        GraphProto.Builder changed = graph.toBuilder();
        constants.stream().filter(tensor -> known.add(tensor.getName())).forEach(changed::addInitializer);
        return changed.build();
    }

    /** The model, which may use operators of ONNX Runtime that are not part of the standard. */
    public static ModelProto withOperatorsOfRuntime(ModelProto model) {
        OperatorSetIdProto ofRuntime = Nodes.operatorsOfRuntime();
        boolean imported = model.getOpsetImportList().stream()
                .anyMatch(operators -> operators.getDomain().equals(ofRuntime.getDomain()));
        return imported ? model : model.toBuilder().addOpsetImport(ofRuntime).build();
    }

    /** The nodes that some tensors depend on, in the graph's order. */
    public static List<NodeProto> leadingTo(Collection<String> tensors, GraphProto graph) {
        Set<String> read = new HashSet<>(tensors);
        List<NodeProto> nodes = new ArrayList<>();
        for (int index = graph.getNodeCount() - 1; index >= 0; index--) {
            NodeProto node = graph.getNode(index);
            if (node.getOutputList().stream().anyMatch(read::contains)) {
                nodes.add(node);
                addReads(node, read);
            }
        }
        Collections.reverse(nodes);
        return nodes;
    }

    /** The graph without nodes and constants that no output depends on. */
    public static GraphProto withoutUnused(GraphProto graph) {
        List<String> outputs =
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        List<NodeProto> nodes = leadingTo(outputs, graph);
        Set<String> read = new HashSet<>(outputs);
        nodes.forEach(node -> addReads(node, read));
        GraphProto.Builder changed =
                graph.toBuilder().clearNode().clearInitializer().addAllNode(nodes);
        graph.getInitializerList().stream()
                .filter(tensor -> read.contains(tensor.getName()))
                .forEach(changed::addInitializer);
        return changed.build();
    }

    /** The graphs inside a node. */
    public static Stream<GraphProto> inside(NodeProto node) {
        return node.getAttributeList().stream().flatMap(Graphs::inside);
    }

    private static Stream<GraphProto> inside(AttributeProto attribute) {
        Stream<GraphProto> several = attribute.getGraphsList().stream();
        return attribute.hasG() ? Stream.concat(Stream.of(attribute.getG()), several) : several;
    }

    /** Adds what a node reads, also in graphs inside it. */
    private static void addReads(NodeProto node, Set<String> read) {
        read.addAll(node.getInputList());
        inside(node).forEach(graph -> {
            graph.getNodeList().forEach(further -> addReads(further, read));
            graph.getOutputList().forEach(output -> read.add(output.getName()));
        });
    }

    /** Names of the files that hold external tensors. */
    public static Set<String> locations(ModelProto model) {
        return model.getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getDataLocation() == DataLocation.EXTERNAL)
                .flatMap(tensor -> tensor.getExternalDataList().stream())
                .filter(entry -> entry.getKey().equals(Tensors.LOCATION))
                .map(StringStringEntryProto::getValue)
                .collect(Collectors.toSet());
    }

    /** The model whose external tensors lie in other files. */
    public static ModelProto relocated(ModelProto model, UnaryOperator<String> fileByLocation) {
        ModelProto.Builder changed = model.toBuilder();
        for (TensorProto.Builder tensor : changed.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getDataLocation() == DataLocation.EXTERNAL) {
                tensor.getExternalDataBuilderList().stream()
                        .filter(entry -> entry.getKey().equals(Tensors.LOCATION))
                        .forEach(entry -> entry.setValue(fileByLocation.apply(entry.getValue())));
            }
        }
        return changed.build();
    }
}
