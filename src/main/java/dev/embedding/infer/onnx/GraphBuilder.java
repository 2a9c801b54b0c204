package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Collects the nodes of a graph. Tensors are referred to by their names, which the builder gives. */
public final class GraphBuilder {

    private static final long IR_VERSION = 8;

    private final Map<String, TensorProto> constants = new LinkedHashMap<>();
    private final List<ValueInfoProto> inputs = new ArrayList<>();
    /** Nodes that depend on constants only, ahead of all others. */
    private final List<NodeProto> preparations = new ArrayList<>();

    private final long opset;
    private final ReductionNodes reductions;
    private List<NodeProto> nodes = new ArrayList<>();
    private int names;

    /** @param opset version of the standard operators */
    public GraphBuilder(long opset) {
        this.opset = opset;
        this.reductions = new ReductionNodes(opset);
    }

    /** An input of 64-bit integers. */
    public String input(String name, String... axes) {
        inputs.add(value(name, DataType.INT64, axes));
        return name;
    }

    public String op(String type, List<String> operands, AttributeProto... attributes) {
        return add(node("", type, operands, attributes));
    }

    public String op(String type, String... operands) {
        return op(type, List.of(operands));
    }

    /** An operator of ONNX Runtime; an operand that is left out is empty. */
    public String runtimeOp(String type, List<String> operands, AttributeProto... attributes) {
        return add(node(Nodes.MICROSOFT, type, operands, attributes));
    }

    /** A reduction over one axis. */
    public String reduce(String type, String tensor, int axis, boolean keeps) {
        return add(reductions.reduce(type, tensor, axis, keeps, name("t")));
    }

    /** A conversion of a constant, ahead of all nodes: those of branches may read it too. */
    public String prepare(String type, String constant, AttributeProto... attributes) {
        NodeProto node = node("", type, List.of(constant), attributes);
        preparations.add(node);
        return node.getOutput(0);
    }

    /** Parts of equal length along an axis. */
    public List<String> split(String tensor, int axis, int parts) {
        NodeProto.Builder node = node("", "Split", List.of(tensor), integer("axis", axis)).toBuilder()
                .clearOutput();
        for (int part = 0; part < parts; part++) {
            node.addOutput(name("t"));
        }
        nodes.add(node.build());
        return node.getOutputList();
    }

    /** One of two computations, of a tensor of floats; the other one is not computed. */
    public String either(String condition, Supplier<String> then, Supplier<String> otherwise) {
        return op(
                "If",
                List.of(condition),
                graph("then_branch", subgraph(List.of(), () -> List.of(floats(then.get())))),
                graph("else_branch", subgraph(List.of(), () -> List.of(floats(otherwise.get())))));
    }

    /** Computes a tensor of floats for each number below a count; the results are joined along a new first axis. */
    public String each(String count, UnaryOperator<String> body) {
        String index = name("i");
        String going = name("i");
        GraphProto content = subgraph(List.of(value(index, DataType.INT64), value(going, DataType.BOOL)), () -> {
            String result = body.apply(index);
            return List.of(value(op("Identity", going), DataType.BOOL), floats(result));
        });
        return op("Loop", List.of(count, ""), graph("body", content));
    }

    private GraphProto subgraph(List<ValueInfoProto> arguments, Supplier<List<ValueInfoProto>> content) {
        List<NodeProto> outer = nodes;
        nodes = new ArrayList<>();
        try {
            List<ValueInfoProto> results = content.get();
            return GraphProto.newBuilder()
                    .setName(name("g"))
                    .addAllInput(arguments)
                    .addAllNode(nodes)
                    .addAllOutput(results)
                    .build();
        } finally {
            nodes = outer;
        }
    }

    /** A list of integers. */
    public String integers(long... values) {
        return constant("integers" + Arrays.toString(values), name -> Nodes.integers(name, values));
    }

    /** A single integer without an axis. */
    public String integer(long value) {
        return constant("integer" + value, name -> TensorProto.newBuilder()
                .setName(name)
                .setDataType(DataType.INT64.getNumber())
                .addInt64Data(value)
                .build());
    }

    public String number(float value) {
        return constant("number" + value, name -> Tensors.number(name, value));
    }

    /** A tensor of floats. */
    public String numbers(float[] values, long... shape) {
        return declare(Tensors.floats(name("c"), values, shape));
    }

    /** Declares a constant under the tensor's own name. */
    public String declare(TensorProto tensor) {
        constants.put(tensor.getName(), tensor);
        return tensor.getName();
    }

    private String constant(String content, Function<String, TensorProto> tensor) {
        return constants
                .computeIfAbsent(content, key -> tensor.apply(name("c")))
                .getName();
    }

    public static AttributeProto integer(String name, long value) {
        return attribute(name, AttributeType.INT).setI(value).build();
    }

    public static AttributeProto integers(String name, long... values) {
        return attribute(name, AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    public static AttributeProto number(String name, double value) {
        return attribute(name, AttributeType.FLOAT).setF((float) value).build();
    }

    public static AttributeProto type(DataType type) {
        return integer("to", type.getNumber());
    }

    private static AttributeProto graph(String name, GraphProto content) {
        return attribute(name, AttributeType.GRAPH).setG(content).build();
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private NodeProto node(String domain, String type, List<String> operands, AttributeProto... attributes) {
        return Nodes.node(type, operands, name("t"), attributes).toBuilder()
                .setDomain(domain)
                .build();
    }

    /** Adds a node whose names are given; returns its first output. */
    public String add(NodeProto node) {
        nodes.add(node);
        return node.getOutput(0);
    }

    private String name(String kind) {
        return Nodes.PREFIX + kind + names++;
    }

    private static ValueInfoProto floats(String name) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT.getNumber())))
                .build();
    }

    private static ValueInfoProto value(String name, DataType type, String... axes) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String axis : axes) {
            shape.addDimBuilder().setDimParam(axis);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }

    /** The model whose output, {@code [batch, dimension]}, is this tensor under the given name. */
    public ModelProto model(String tensor, String output, int dimension) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("built")
                .addAllInput(inputs)
                .addAllNode(preparations)
                .addAllNode(nodes)
                .addAllInitializer(constants());
        graph.addNode(Nodes.node("Identity", List.of(tensor), output)).addOutput(vectors(output, dimension));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
                .addOpsetImport(Nodes.operatorsOfRuntime())
                .setGraph(graph)
                .build();
    }

    /** Declaration of an output {@code [batch, dimension]}. */
    public static ValueInfoProto vectors(String name, int dimension) {
        ValueInfoProto.Builder vectors = value(name, DataType.FLOAT, "batch", "dimension").toBuilder();
        vectors.getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(1)
                .setDimValue(dimension);
        return vectors.build();
    }

    /** The inputs declared so far. */
    public List<ValueInfoProto> inputs() {
        return List.copyOf(inputs);
    }

    /** The nodes added so far. */
    public List<NodeProto> nodes() {
        return List.copyOf(nodes);
    }

    /** The constants that they read. */
    public List<TensorProto> constants() {
        return Stream.concat(constants.values().stream(), reductions.constants().stream())
                .toList();
    }
}
