package dev.embedding.infer.onnx;

import java.util.List;

/**
 * The tokens of a batch without padding, one text after the other: rows, {@code [tokens, width]}. Where the batch is
 * spread to {@code [batch, longest, width]}, there lies a token of the same text at its padding.
 */
public class TokenRows {

    public static final String ATTENTION_MASK = "attention_mask";
    /** For each text the number of its first tokens that the pooling leaves out, {@code [batch]}. */
    static final String SKIPPED = "skipped_tokens";

    protected final GraphBuilder graph;
    /** For each token its place in the flattened {@code [batch × longest]}. */
    protected final String places;

    private final String rows;

    /** The shape {@code [batch, longest]}. */
    public final String shape;

    /** Number of texts, and of the longest one's tokens. */
    public final String batch;

    public final String longest;
    /** Number of each text's tokens, {@code [batch]}. */
    public final String lengths;

    /** @param mask which places of {@code [batch, longest]} hold tokens, as 64-bit integers */
    public TokenRows(GraphBuilder graph, String mask) {
        this.graph = graph;
        this.shape = graph.op("Shape", mask);
        this.batch = graph.op("Gather", shape, graph.integer(0));
        this.longest = graph.op("Gather", shape, graph.integer(1));
        String flatMask = flat(mask);
        this.places = flat(graph.op("NonZero", flatMask));
        String before = graph.op("CumSum", flatMask, graph.integer(0));
        this.rows = graph.op("Reshape", graph.op("Sub", before, graph.integer(1)), shape);
        this.lengths = graph.reduce("ReduceSum", mask, 1, false);
    }

    protected final String flat(String tensor) {
        return graph.op("Reshape", tensor, graph.integers(-1));
    }

    /** Rows as {@code [batch, longest, width]}. */
    public final String spread(String tensor) {
        return graph.op("Gather", tensor, rows);
    }

    /** The rows of {@code [batch, longest, width]}. */
    public final String packed(String tensor) {
        return graph.op("Gather", graph.op("Flatten", List.of(tensor), Nodes.axis(2)), places);
    }

    /** For each text 0, {@code [batch]}. */
    public final String zeros() {
        return graph.op("Mul", lengths, graph.integer(0));
    }

    /** For each text its first token's row, {@code [batch]}. */
    public final String firstRows() {
        return graph.op("CumSum", List.of(lengths, graph.integer(0)), GraphBuilder.integer("exclusive", 1));
    }
}
