package dev.embedding.infer.onnx;

/**
 * Norms of rows in single steps, which ONNX Runtime computes faster than its own operator. The square is not written as
 * a power: it would recognise and replace the norm.
 */
public final class Norms {

    private Norms() {}

    /** Rows with mean 0 and variance 1. */
    public static String standardized(GraphBuilder graph, String rows, double epsilon) {
        return ofMeanSquareOne(graph, graph.op("Sub", rows, mean(graph, rows)), epsilon);
    }

    /** Rows with a mean square of 1. */
    public static String ofMeanSquareOne(GraphBuilder graph, String rows, double epsilon) {
        String squares = graph.op("Mul", rows, rows);
        String variance = graph.op("Add", mean(graph, squares), graph.number((float) epsilon));
        return graph.op("Div", rows, graph.op("Sqrt", variance));
    }

    private static String mean(GraphBuilder graph, String rows) {
        return graph.reduce("ReduceMean", rows, -1, true);
    }
}
