package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.embedding.vector.Activation;
import dev.embedding.vector.LayerNormalization;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.Projection;
import dev.embedding.vector.VectorNorm;
import dev.embedding.vector.VectorStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a graph: from the last layer's rows to one vector a text, by the poolings, whose results are concatenated,
 * and what follows them.
 *
 * @param skipsTokens whether the pooling leaves out a number of each text's first tokens, an input of the graph
 */
public record VectorHead(List<Pooling> poolings, boolean skipsTokens, List<VectorStep> steps) {

    private static final AttributeProto OVER_COMPONENTS = GraphBuilder.integers("axes", -1);

    public VectorHead {
        poolings = List.copyOf(poolings);
        steps = List.copyOf(steps);
    }

    /** Dimension of the vectors, of rows of the given width. */
    int dimension(int width) {
        int dimension = poolings.size() * width;
        for (VectorStep step : steps) {
            dimension = step instanceof Projection projection ? projection.outputs() : dimension;
        }
        return dimension;
    }

    /** The tokens that are pooled, where that is one a text. */
    @Nullable
    Selection selection(GraphBuilder graph, Tokens tokens) {
        boolean first = poolings.equals(List.of(Pooling.CLS));
        boolean last = poolings.equals(List.of(Pooling.LAST_TOKEN));
        if (!first && !last || skipsTokens) {
            return null;
        }
        String positions = first ? tokens.zeros() : graph.op("Sub", tokens.lengths, graph.integer(1));
        return new Selection(graph.op("Add", tokens.firstRows(), positions), positions);
    }

    /** @param rows all tokens' rows, or those of the pooled tokens */
    String vectors(GraphBuilder graph, Tokens tokens, String rows, boolean selected) {
        String vectors = selected ? rows : pooled(graph, tokens, rows);
        for (VectorStep step : steps) {
            vectors = applied(graph, step, vectors);
        }
        return vectors;
    }

    private String pooled(GraphBuilder graph, Tokens tokens, String rows) {
        Optional<String> skipped = skipsTokens ? Optional.of(graph.input(Tokens.SKIPPED, "batch")) : Optional.empty();
        Pooled pooled = new Pooled(graph, tokens, rows, skipped);
        List<String> vectors = new ArrayList<>();
        for (Pooling pooling : poolings) {
            vectors.add(pooled.by(pooling));
        }
        return vectors.size() == 1 ? vectors.get(0) : graph.op("Concat", vectors, GraphBuilder.integer("axis", 1));
    }

    private static String applied(GraphBuilder graph, VectorStep step, String vectors) {
        if (step instanceof Projection projection) {
            return projected(graph, projection, vectors);
        }
        if (step instanceof LayerNormalization norm) {
            return normed(graph, norm, vectors);
        }
        String length = graph.op("ReduceL2", List.of(vectors), OVER_COMPONENTS);
        return graph.op("Div", vectors, graph.op("Max", length, graph.number((float) VectorNorm.EPSILON)));
    }

    private static String projected(GraphBuilder graph, Projection projection, String vectors) {
        String bias = graph.numbers(projection.bias(), projection.outputs());
        String product = product(graph, projection, vectors, projection.weights(), List.of(bias));
        String result = activated(graph, projection.activation(), product);
        if (projection.residual() instanceof Projection.ProjectedResidual residual) {
            return graph.op("Add", result, product(graph, projection, vectors, residual.weights(), List.of()));
        }
        return projection.residual() instanceof Projection.InputResidual ? graph.op("Add", result, vectors) : result;
    }

    private static String product(
            GraphBuilder graph, Projection projection, String vectors, float[] weights, List<String> bias) {
        List<String> operands =
                new ArrayList<>(List.of(vectors, graph.numbers(weights, projection.outputs(), projection.inputs())));
        operands.addAll(bias);
        return graph.op("Gemm", operands, GraphBuilder.integer("transB", 1));
    }

    private static String activated(GraphBuilder graph, Activation activation, String vectors) {
        return switch (activation) {
            case IDENTITY -> vectors;
            case TANH -> graph.op("Tanh", vectors);
            case RELU -> graph.op("Relu", vectors);
            case SIGMOID -> graph.op("Sigmoid", vectors);
            case GELU -> Activations.gelu(graph, vectors);
            case SILU -> graph.op("Mul", vectors, graph.op("Sigmoid", vectors));
        };
    }

    private static String normed(GraphBuilder graph, LayerNormalization norm, String vectors) {
        String gain = graph.numbers(norm.gain(), norm.gain().length);
        String offset = graph.numbers(norm.offset(), norm.offset().length);
        String standardized = Blocks.standardized(graph, vectors, LayerNormalization.EPSILON);
        return graph.op("Add", graph.op("Mul", standardized, gain), offset);
    }

    /** Poolings of all tokens' rows. */
    private static final class Pooled {
        private final GraphBuilder graph;
        private final Tokens tokens;
        private final String rows;
        /** The rows as {@code [batch, longest, width]}. */
        private final String spread;
        /** For each text how many of its first tokens do not count, {@code [batch]}. */
        private final String skipped;
        /** Which places of {@code [batch, longest]} count, as floats. */
        private final String counted;

        Pooled(GraphBuilder graph, Tokens tokens, String rows, Optional<String> skipped) {
            this.graph = graph;
            this.tokens = tokens;
            this.rows = rows;
            this.spread = tokens.spread(rows);
            this.skipped = skipped.orElseGet(tokens::zeros);
            String places = graph.op("Range", graph.integer(0), tokens.longest, graph.integer(1));
            String enough = graph.op("GreaterOrEqual", places, column(this.skipped));
            String inText = graph.op("Less", places, column(tokens.lengths));
            this.counted = floats(graph.op("And", enough, inText));
        }

        String by(Pooling pooling) {
            return switch (pooling) {
                case CLS -> token(graph.op("Where", leavesAny(), skipped, tokens.zeros()));
                case LAST_TOKEN ->
                    graph.op(
                            "Mul",
                            token(graph.op("Sub", tokens.lengths, graph.integer(1))),
                            column(floats(leavesAny())));
                case MAX -> largest();
                case MEAN -> weighted(graph.op("Div", counted, column(floats(count()))));
                case MEAN_SQRT_LEN -> weighted(graph.op("Div", counted, column(graph.op("Sqrt", floats(count())))));
                case WEIGHTED_MEAN -> {
                    String places = graph.op("Range", graph.integer(1), length(), graph.integer(1));
                    String weights = graph.op("Mul", counted, floats(places));
                    String sums = graph.op(
                            "ReduceSum", List.of(weights, graph.integers(1)), GraphBuilder.integer("keepdims", 1));
                    yield weighted(graph.op("Div", weights, graph.op("Max", sums, graph.number(1))));
                }
            };
        }

        private String length() {
            return graph.op("Add", tokens.longest, graph.integer(1));
        }

        /** Whether any token counts. */
        private String leavesAny() {
            return graph.op("Less", skipped, tokens.lengths);
        }

        /** How many tokens count, at least 1. */
        private String count() {
            return graph.op("Max", graph.op("Sub", tokens.lengths, skipped), graph.integer(1));
        }

        private String token(String positions) {
            return graph.op("Gather", rows, graph.op("Add", tokens.firstRows(), positions));
        }

        private String weighted(String weights) {
            String sums = graph.op("MatMul", graph.op("Unsqueeze", weights, graph.integers(1)), spread);
            return graph.op("Squeeze", sums, graph.integers(1));
        }

        private String largest() {
            String isCounted = graph.op("Unsqueeze", graph.op("Greater", counted, graph.number(0)), graph.integers(2));
            String masked = graph.op("Where", isCounted, spread, graph.number(Float.NEGATIVE_INFINITY));
            return graph.op(
                    "ReduceMax",
                    List.of(masked),
                    GraphBuilder.integers("axes", 1),
                    GraphBuilder.integer("keepdims", 0));
        }

        private String column(String list) {
            return graph.op("Unsqueeze", list, graph.integers(1));
        }

        private String floats(String tensor) {
            return graph.op("Cast", List.of(tensor), GraphBuilder.type(DataType.FLOAT));
        }
    }
}
