package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;

/**
 * The tokens of a batch without padding, one text after the other: rows, {@code [tokens, width]}. Only attention sees
 * the batch as {@code [batch, longest, width]}; at its padding there lies a token of the same text.
 */
final class Tokens {

    private static final String INPUT_IDS = "input_ids";
    private static final String ATTENTION_MASK = "attention_mask";
    /** For each text the number of its first tokens that the pooling leaves out, {@code [batch]}. */
    static final String SKIPPED = "skipped_tokens";

    private final GraphBuilder graph;
    private final String flat;
    private final String paddedIds;
    private final String mask;
    private final String places;
    private final String rows;

    /** Number of texts, and of the longest one's tokens. */
    final String batch;

    final String longest;
    /** Whether all texts are equally long. */
    final String unpadded;
    /** Ids of the tokens, {@code [tokens]}. */
    final String ids;
    /** Each token's place in its text, from 0, and the number of the text, {@code [tokens]}. */
    final String positions;

    final String texts;
    /** Number of each text's tokens, {@code [batch]}. */
    final String lengths;
    /** Which places of {@code [batch, longest]} hold tokens, as 32-bit integers. */
    final String keyMask;

    Tokens(GraphBuilder graph) {
        this.graph = graph;
        this.flat = graph.integers(-1);
        this.paddedIds = graph.input(INPUT_IDS, "batch", "sequence");
        this.mask = graph.input(ATTENTION_MASK, "batch", "sequence");
        String shape = graph.op("Shape", mask);
        this.batch = graph.op("Gather", shape, graph.integer(0));
        this.longest = graph.op("Gather", shape, graph.integer(1));
        String flatMask = graph.op("Reshape", mask, flat);
        this.places = graph.op("Reshape", graph.op("NonZero", flatMask), flat);
        String before = graph.op("CumSum", flatMask, graph.integer(0));
        this.rows = graph.op("Reshape", graph.op("Sub", before, graph.integer(1)), shape);
        this.unpadded = graph.op("Equal", graph.op("Size", places), graph.op("Size", mask));
        this.ids = ofPlaces(paddedIds);
        this.positions = graph.op("Mod", places, longest);
        this.texts = graph.op("Div", places, longest);
        this.lengths = graph.op("ReduceSum", List.of(mask, graph.integers(1)), GraphBuilder.integer("keepdims", 0));
        this.keyMask = graph.op("Cast", List.of(mask), GraphBuilder.type(DataType.INT32));
    }

    private String ofPlaces(String padded) {
        return graph.op("Gather", graph.op("Reshape", padded, flat), places);
    }

    /**
     * Positions as RoBERTa counts them: from the pad token's id on, over tokens with another id; a pad token has its
     * id.
     */
    String positionsBehind(int padTokenId) {
        String isToken = graph.op(
                "Cast",
                List.of(graph.op("Not", graph.op("Equal", paddedIds, graph.integer(padTokenId)))),
                GraphBuilder.type(DataType.INT64));
        String counted = graph.op("Mul", graph.op("CumSum", isToken, graph.integer(1)), isToken);
        return ofPlaces(graph.op("Add", counted, graph.integer(padTokenId)));
    }

    /** Rows as {@code [batch, longest, width]}. */
    String spread(String tensor) {
        return graph.op("Gather", tensor, rows);
    }

    /** The rows of {@code [batch, longest, width]}. */
    String packed(String tensor) {
        return graph.op("Gather", graph.op("Flatten", List.of(tensor), GraphBuilder.integer("axis", 2)), places);
    }

    /** For each text 0, {@code [batch]}. */
    String zeros() {
        return graph.op("Mul", lengths, graph.integer(0));
    }

    /** For each text its first token's row, {@code [batch]}. */
    String firstRows() {
        return graph.op("CumSum", List.of(lengths, graph.integer(0)), GraphBuilder.integer("exclusive", 1));
    }
}
