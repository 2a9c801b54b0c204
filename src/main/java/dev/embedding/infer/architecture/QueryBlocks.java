package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;

/** Blocks of queries, for which the attention of long texts is computed one after the other. */
final class QueryBlocks {

    private static final int SMALLEST = 64;
    /** Queries times keys of a block. */
    private static final int PAIRS = 1 << 22;

    private final GraphBuilder graph;
    private final Tokens tokens;

    /** Whether all texts are so short that they are computed in one step. */
    final String inOneStep;
    /** Queries of a block. */
    final String length;
    /** Number of blocks. */
    final String count;
    /** For each token its row among the results of all blocks, {@code [blocks, batch, length]}. */
    final String places;

    /**
     * @param oneStep tokens of the longest text that is computed in one step
     * @param largest queries of a block at most, no more than {@code oneStep}
     */
    QueryBlocks(GraphBuilder graph, Tokens tokens, int oneStep, int largest) {
        this.graph = graph;
        this.tokens = tokens;
        this.inOneStep = graph.op("LessOrEqual", tokens.longest, graph.integer(oneStep));
        String fitting = graph.op("Div", graph.integer(PAIRS), tokens.longest);
        this.length = graph.op("Min", graph.op("Max", fitting, graph.integer(SMALLEST)), graph.integer(largest));
        this.count =
                graph.op("Div", graph.op("Sub", graph.op("Add", tokens.longest, length), graph.integer(1)), length);
        this.places = places();
    }

    private String places() {
        String index =
                graph.op("Min", graph.op("Div", tokens.positions, length), graph.op("Sub", count, graph.integer(1)));
        String text = graph.op("Add", graph.op("Mul", index, tokens.batch), tokens.texts);
        String within = graph.op("Sub", tokens.positions, start(index));
        return graph.op("Add", graph.op("Mul", text, length), within);
    }

    /** The first query of a block. The last block overlaps the one before it, so that all have the same length. */
    String start(String index) {
        return graph.op("Min", graph.op("Mul", index, length), graph.op("Sub", tokens.longest, length));
    }
}
