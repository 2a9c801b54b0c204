package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;

/**
 * A number for each distance between two tokens.
 *
 * @param numbers from the distance {@code -farthest} to {@code farthest}; farther ones have the same as these
 */
record DistanceTable(long[] numbers) {

    /** The numbers of distances, of any shape. */
    String of(GraphBuilder graph, String distances) {
        int farthest = numbers.length / 2;
        String near = graph.op("Max", graph.op("Min", distances, graph.integer(farthest)), graph.integer(-farthest));
        return graph.op("Gather", graph.integers(numbers), graph.op("Add", near, graph.integer(farthest)));
    }
}
