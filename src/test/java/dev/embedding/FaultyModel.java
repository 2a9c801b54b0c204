package dev.embedding;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.layout.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A copy of a reference model whose graph does real harm where a token is among those of a batch: it is a function of the
 * graph's inputs alone, as a fault of a real model, driver or machine is.
 */
final class FaultyModel {

    /** Texts that do harm. Each is one token. */
    enum Harm {
        /** An element of the row's vector is no number. */
        GIVES_NAN("identifi"),
        /** An index is out of bounds. */
        THROWS("exception"),
        /** More memory is asked for than there is. */
        NEEDS_MUCH_MEMORY("dictionary"),
        /** A loop runs for hours; it can be terminated between two nodes. */
        IS_SLOW("sequence"),
        /** A single node runs for hours. */
        HANGS("python");

        private final String text;

        Harm(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    private static final String REFERENCE = "bert-cls-normalize";
    private static final String OUTPUT = "last_hidden_state";
    private static final long HOURS = 1L << 40;
    private static final long MUCH_MEMORY = 1L << 45;
    private static final long LONG_ROW = 1L << 21;

    private final GraphProto.Builder graph;
    private String sum = "without_harm";
    private int names;

    private FaultyModel(GraphProto.Builder graph) {
        this.graph = graph;
    }

    static Path in(Path directory) throws IOException {
        ModelCopy.of(REFERENCE, directory);
        Path weights = directory.resolve("onnx").resolve("model.onnx");
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(weights)).toBuilder();
        new FaultyModel(model.getGraphBuilder()).doHarm();
        Files.write(weights, model.build().toByteArray());
        return directory;
    }

    private void doHarm() {
        JsonNode vocabulary = ReferenceModel.json(ReferenceModel.of(REFERENCE).tokenizer())
                .path("model")
                .path("vocab");
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int output = 0; output < node.getOutputCount(); output++) {
                if (node.getOutput(output).equals(OUTPUT)) {
                    node.setOutput(output, sum);
                }
            }
        }
        for (Harm harm : Harm.values()) {
            String found = cast(
                    node("Equal", "input_ids", longs(vocabulary.path(harm.text).longValue())),
                    TensorProto.DataType.FLOAT);
            String ofRow = node("Unsqueeze", reduced(found, 1), longs(1)); // [rows, 1, 1]
            String any = reduced(reduced(found, 1), 0); // [1, 1]
            sum = node("Add", sum, harm(harm, ofRow, node("Reshape", any, longs(1))));
        }
        node("Identity", OUTPUT, List.of(sum), List.of());
    }

    /** What is added to the tokens' vectors: 0, where no harm is done. */
    private String harm(Harm harm, String ofRow, String any) {
        String count = cast(any, TensorProto.DataType.INT64);
        return switch (harm) {
            case GIVES_NAN -> node("Div", floats(0), node("Sub", floats(1), ofRow));
            case THROWS -> node("Gather", floats(0), count);
            case NEEDS_MUCH_MEMORY -> {
                String shape = node("Max", node("Mul", count, longs(MUCH_MEMORY)), longs(1));
                yield node("ReduceMax", node("ConstantOfShape", shape));
            }
            case IS_SLOW ->
                node("Loop", List.of(node("Mul", count, longs(HOURS)), "", floats(0)), branch("body", counting()));
            case HANGS -> {
                String row = node("Expand", any, longs(1, 1, LONG_ROW));
                String isThere = cast(any, TensorProto.DataType.BOOL);
                yield node(
                        "If",
                        List.of(isThere),
                        branch("then_branch", farMaximum(row)),
                        branch("else_branch", nothing()));
            }
        };
    }

    /** Compares each of a million numbers with a million others. */
    private static GraphProto farMaximum(String row) {
        NodeProto maximum = named("MaxPool", "maximum", List.of(row))
                .addAttribute(integers("kernel_shape", LONG_ROW / 2))
                .build();
        NodeProto reduced = named("ReduceMax", "nothing", List.of("maximum"))
                .addAttribute(integer("keepdims", 0))
                .build();
        return graphOf(List.of(maximum, reduced), List.of(), List.of(value("nothing", TensorProto.DataType.FLOAT, 1)));
    }

    private static GraphProto counting() {
        return graphOf(
                List.of(
                        named("Identity", "go_on", List.of("condition")).build(),
                        named("Identity", "after", List.of("before")).build()),
                List.of(
                        value("iteration", TensorProto.DataType.INT64),
                        value("condition", TensorProto.DataType.BOOL),
                        value("before", TensorProto.DataType.FLOAT, 1)),
                List.of(value("go_on", TensorProto.DataType.BOOL), value("after", TensorProto.DataType.FLOAT, 1)));
    }

    private static GraphProto nothing() {
        NodeProto zero = named("Constant", "nothing", List.of())
                .addAttribute(AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeType.TENSOR)
                        .setT(floatTensor(0)))
                .build();
        return graphOf(List.of(zero), List.of(), List.of(value("nothing", TensorProto.DataType.FLOAT, 1)));
    }

    private static GraphProto graphOf(
            List<NodeProto> nodes, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
        return GraphProto.newBuilder()
                .setName("inner")
                .addAllNode(nodes)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .build();
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, long... shape) {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        tensor.getShapeBuilder(); // A scalar has one, too.
        for (long size : shape) {
            tensor.getShapeBuilder().addDimBuilder().setDimValue(size);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static AttributeProto branch(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    /** A list of one. */
    private static AttributeProto integers(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INTS)
                .addInts(value)
                .build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    private String reduced(String tensor, long axis) {
        return node("ReduceMax", List.of(tensor), integers("axes", axis));
    }

    private String cast(String tensor, TensorProto.DataType type) {
        return node("Cast", List.of(tensor), integer("to", type.getNumber()));
    }

    private String node(String op, String... inputs) {
        return node(op, List.of(inputs));
    }

    private String node(String op, List<String> inputs, AttributeProto... attributes) {
        return node(op, nextName(), inputs, List.of(attributes));
    }

    private String node(String op, String output, List<String> inputs, List<AttributeProto> attributes) {
        graph.addNode(named(op, output, inputs).addAllAttribute(attributes));
        return output;
    }

    private static NodeProto.Builder named(String op, String output, List<String> inputs) {
        return NodeProto.newBuilder().setOpType(op).addAllInput(inputs).addOutput(output);
    }

    private String longs(long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(nextName())
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    private String floats(float value) {
        TensorProto.Builder tensor = floatTensor(value).setName(nextName());
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    private static TensorProto.Builder floatTensor(float value) {
        return TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addDims(1)
                .addFloatData(value);
    }

    private String nextName() {
        return "harm_" + names++;
    }
}
