package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.embedding.infer.onnx.GraphBuilder;
import dev.embedding.infer.onnx.TokenRows;
import java.util.List;

/** The tokens of a batch with their ids and places. Only attention sees the batch with its padding. */
final class Tokens extends TokenRows {

    private static final String INPUT_IDS = "input_ids";

    private final String paddedIds;

    /** Whether all texts are equally long. */
    final String unpadded;
    /** Ids of the tokens, {@code [tokens]}. */
    final String ids;
    /** Each token's place in its text, from 0, and the number of the text, {@code [tokens]}. */
    final String positions;

    final String texts;
    /** Which places of {@code [batch, longest]} hold tokens, as 32-bit integers. */
    final String keyMask;

    Tokens(GraphBuilder graph) {
        this(graph, graph.input(INPUT_IDS, "batch", "sequence"), graph.input(ATTENTION_MASK, "batch", "sequence"));
    }

    private Tokens(GraphBuilder graph, String paddedIds, String mask) {
        super(graph, mask);
        this.paddedIds = paddedIds;
        this.unpadded = graph.op("Equal", graph.op("Size", places), graph.op("Size", mask));
        this.ids = ofPlaces(paddedIds);
        this.positions = graph.op("Mod", places, longest);
        this.texts = graph.op("Div", places, longest);
        this.keyMask = graph.op("Cast", List.of(mask), GraphBuilder.type(DataType.INT32));
    }

    private String ofPlaces(String padded) {
        return graph.op("Gather", flat(padded), places);
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
}
