package dev.embedding.infer.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.embedding.vector.Activation;
import dev.embedding.vector.LayerNormalization;
import dev.embedding.vector.Pooling;
import dev.embedding.vector.Projection;
import dev.embedding.vector.VectorHead;
import dev.embedding.vector.VectorNorm;
import dev.embedding.vector.VectorStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes the end of a graph: from rows of tokens to one vector a text, as a {@link VectorHead} says. */
public final class HeadNodes {

    /** Name of the output with the texts' vectors, as exporters have it. */
    public static final String OUTPUT = "sentence_embedding";

    private final GraphBuilder graph;
    private final TokenRows tokens;
    private final VectorHead head;

    public HeadNodes(GraphBuilder graph, TokenRows tokens, VectorHead head) {
        this.graph = graph;
        this.tokens = tokens;
        this.head = head;
    }

    /** The tokens that are pooled, where that is one a text. */
    public @Nullable Selection selection() {
        boolean last = head.poolings().equals(List.of(Pooling.LAST_TOKEN)) && !head.skipsTokens();
        if (!head.readsFirstTokenOnly() && !last) {
            return null;
        }
        String positions = last ? graph.op("Sub", tokens.lengths, graph.integer(1)) : tokens.zeros();
        return new Selection(graph.op("Add", tokens.firstRows(), positions), positions);
    }

    /**
     * The vectors.
     *
     * @param rows all tokens' rows
     */
    public String ofAll(String rows) {
        return ofPooled(graph, head, pooled(rows));
    }

    /**
     * The vectors.
     *
     * @param pooled one row a text
     */
    public static String ofPooled(GraphBuilder graph, VectorHead head, String pooled) {
        String vectors = pooled;
        for (VectorStep step : head.steps().steps()) {
            vectors = applied(graph, step, vectors);
        }
        return vectors;
    }

    private String pooled(String rows) {
        Optional<String> skipped =
                head.skipsTokens() ? Optional.of(graph.input(TokenRows.SKIPPED, "batch")) : Optional.empty();
        Pooled pooled = new Pooled(graph, tokens, rows, skipped);
        List<String> vectors = new ArrayList<>();
        for (Pooling pooling : head.poolings()) {
            vectors.add(pooled.by(pooling));
        }
        return vectors.size() == 1 ? vectors.get(0) : graph.op("Concat", vectors, Nodes.axis(1));
    }

    private static String applied(GraphBuilder graph, VectorStep step, String vectors) {
        if (step instanceof Projection projection) {
            return projected(graph, projection, vectors);
        }
        if (step instanceof LayerNormalization norm) {
            return normed(graph, norm, vectors);
        }
        String length = graph.reduce("ReduceL2", vectors, -1, true);
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
            case GELU -> graph.runtimeOp("Gelu", List.of(vectors));
            case SILU -> graph.op("Mul", vectors, graph.op("Sigmoid", vectors));
        };
    }

    private static String normed(GraphBuilder graph, LayerNormalization norm, String vectors) {
        String gain = graph.numbers(norm.gain(), norm.gain().length);
        String offset = graph.numbers(norm.offset(), norm.offset().length);
        String standardized = Norms.standardized(graph, vectors, LayerNormalization.EPSILON);
        return graph.op("Add", graph.op("Mul", standardized, gain), offset);
    }

    /** Poolings of all tokens' rows. */
    private static final class Pooled {
        private final GraphBuilder graph;
        private final TokenRows tokens;
        private final String rows;
        /** The rows as {@code [batch, longest, width]}. */
        private final String spread;
        /** For each text how many of its first tokens do not count, {@code [batch]}. */
        private final String skipped;
        /** Which places of {@code [batch, longest]} count, as floats. */
        private final String counted;

        Pooled(GraphBuilder graph, TokenRows tokens, String rows, Optional<String> skipped) {
            this.graph = graph;
            this.tokens = tokens;
            this.rows = rows;
            this.spread = tokens.spread(rows);
            this.skipped = skipped.orElseGet(tokens::zeros);
            String places = graph.op("Range", graph.integer(0), tokens.longest, graph.integer(1));
            String enough = graph.op("Not", graph.op("Less", places, column(this.skipped)));
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
                case MEAN -> weighted(graph.op("Div", counted, column(count())));
                case MEAN_SQRT_LEN -> weighted(graph.op("Div", counted, column(graph.op("Sqrt", count()))));
                case WEIGHTED_MEAN -> {
                    String places = graph.op("Range", graph.integer(1), length(), graph.integer(1));
                    String weights = graph.op("Mul", counted, floats(places));
                    String sums = graph.reduce("ReduceSum", weights, 1, true);
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
            return graph.op("Max", floats(graph.op("Sub", tokens.lengths, skipped)), graph.number(1));
        }

        private String token(String positions) {
            return graph.op("Gather", rows, graph.op("Add", tokens.firstRows(), positions));
        }

        private String weighted(String weights) {
            String sums = graph.op("MatMul", graph.op("Reshape", weights, graph.integers(0, 1, -1)), spread);
            return graph.op("Flatten", sums);
        }

        private String largest() {
            String isCounted =
                    graph.op("Reshape", graph.op("Greater", counted, graph.number(0)), graph.integers(0, 0, 1));
            String masked = graph.op("Where", isCounted, spread, graph.number(Float.NEGATIVE_INFINITY));
            return graph.reduce("ReduceMax", masked, 1, false);
        }

        private String column(String list) {
            return graph.op("Reshape", list, graph.integers(-1, 1));
        }

        private String floats(String tensor) {
            return graph.op("Cast", List.of(tensor), GraphBuilder.type(DataType.FLOAT));
        }
    }
}
