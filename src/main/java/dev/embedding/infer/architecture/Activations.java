package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;
import java.util.List;
import java.util.Map;

/** Activation functions by transformers' names. */
final class Activations {

    private Activations() {}

    /** A function of transformers. */
    @FunctionalInterface
    interface Function {
        String apply(GraphBuilder graph, String tensor);
    }

    private static final Map<String, Function> BY_NAME = Map.ofEntries(
            Map.entry("gelu", Activations::gelu),
            Map.entry("gelu_python", Activations::gelu),
            Map.entry("gelu_new", Activations::tanhGelu),
            Map.entry("gelu_fast", Activations::tanhGelu),
            Map.entry("gelu_pytorch_tanh", Activations::tanhGelu),
            Map.entry("gelu_python_tanh", Activations::tanhGelu),
            Map.entry("gelu_accurate", Activations::tanhGelu),
            Map.entry("quick_gelu", (graph, tensor) -> sigmoidGated(graph, tensor, 1.702)),
            Map.entry("silu", (graph, tensor) -> sigmoidGated(graph, tensor, 1)),
            Map.entry("swish", (graph, tensor) -> sigmoidGated(graph, tensor, 1)),
            Map.entry("relu", (graph, tensor) -> graph.op("Relu", tensor)),
            Map.entry("relu2", Activations::squaredRelu),
            Map.entry("tanh", (graph, tensor) -> graph.op("Tanh", tensor)),
            Map.entry("sigmoid", (graph, tensor) -> graph.op("Sigmoid", tensor)),
            Map.entry("linear", (graph, tensor) -> tensor));

    /** The function that a field names. */
    static Function of(ArchitectureConfig config, String field, String otherwise) {
        return named(config, field, config.text(field).orElse(otherwise));
    }

    /** The function of a name that a field contains. */
    static Function named(ArchitectureConfig config, String field, String name) {
        Function function = BY_NAME.get(name);
        if (function == null) {
            throw config.refused(
                    field,
                    "known are "
                            + String.join(
                                    ", ", BY_NAME.keySet().stream().sorted().toList()));
        }
        return function;
    }

    static String gelu(GraphBuilder graph, String tensor) {
        return graph.runtimeOp("Gelu", List.of(tensor));
    }

    private static String tanhGelu(GraphBuilder graph, String tensor) {
        return graph.runtimeOp("FastGelu", List.of(tensor));
    }

    private static String sigmoidGated(GraphBuilder graph, String tensor, double slope) {
        return graph.runtimeOp("QuickGelu", List.of(tensor), GraphBuilder.number("alpha", slope));
    }

    private static String squaredRelu(GraphBuilder graph, String tensor) {
        String positive = graph.op("Relu", tensor);
        return graph.op("Mul", positive, positive);
    }
}
