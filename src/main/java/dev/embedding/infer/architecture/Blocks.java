package dev.embedding.infer.architecture;

import dev.embedding.infer.architecture.RotaryPositions.Angles;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.Norms;
import dev.embedding.infer.onnx.Selection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The building blocks that all families share. Rows are {@code [tokens, width]}. */
final class Blocks {

    final GraphBuilder graph;
    final GraphWeights weights;
    final Tokens tokens;
    final Attention attention;
    private final @Nullable Selection selection;

    Blocks(GraphBuilder graph, GraphWeights weights, Tokens tokens, @Nullable Selection selection) {
        this.graph = graph;
        this.weights = weights;
        this.tokens = tokens;
        this.attention = new Attention(graph, tokens, selection);
        this.selection = selection;
    }

    /** Whether of the last layer only the pooled tokens are computed. */
    boolean selects() {
        return selection != null;
    }

    /** The rows of the pooled tokens, {@code [batch, width]}. */
    String selected(String rows) {
        return graph.op("Gather", rows, Objects.requireNonNull(selection).rows());
    }

    Angles selected(Angles angles) {
        return new Angles(selected(angles.cosines()), selected(angles.sines()), angles.width());
    }

    /** The contexts of all queries, or of the pooled tokens'. */
    String attend(Attention.Form form, boolean ofSelected, String queries, String keys, String values) {
        return ofSelected
                ? attention.selected(form, queries, keys, values)
                : attention.all(form, queries, keys, values);
    }

    /** A linear layer on the weights as PyTorch stores them, {@code [outputs, inputs]}. */
    String linear(String rows, String name, int inputs, int outputs, boolean hasBias) {
        String weight = weights.floats(name + ".weight", outputs, inputs);
        List<String> operands =
                hasBias ? List.of(rows, weight, weights.floats(name + ".bias", outputs)) : List.of(rows, weight);
        return graph.op("Gemm", operands, GraphBuilder.integer("transB", 1));
    }

    /** Linear layers of equally many outputs whose weights lie one behind the other in one matrix. */
    List<String> linears(int count, String rows, String name, int inputs, int outputs, boolean hasBias) {
        return graph.split(linear(rows, name, inputs, count * outputs, hasBias), 1, count);
    }

    String add(String one, String other) {
        return graph.op("Add", one, other);
    }

    String multiply(String one, String other) {
        return graph.op("Mul", one, other);
    }

    /** Rows of embeddings with the token type of every text; it is the first of the table, which may have none. */
    String withSegment(String rows, int segments, int embeddingWidth) {
        return segments == 0
                ? rows
                : add(
                        rows,
                        weights.rows(
                                "embeddings.token_type_embeddings.weight",
                                graph.integers(0),
                                segments,
                                embeddingWidth));
    }

    String layerNorm(String rows, String name, int width, double epsilon, boolean hasBias) {
        String scaled = multiply(Norms.standardized(graph, rows, epsilon), weights.floats(name + ".weight", width));
        return hasBias ? add(scaled, weights.floats(name + ".bias", width)) : scaled;
    }

    /** Rows of a mean square of 1, times a gain. */
    String rmsNorm(String rows, String gain, double epsilon) {
        return multiply(Norms.ofMeanSquareOne(graph, rows, epsilon), gain);
    }
}
