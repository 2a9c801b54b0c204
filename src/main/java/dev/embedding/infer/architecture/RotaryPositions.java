package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.embedding.infer.onnx.GraphBuilder;
import java.util.List;

/**
 * Rotary position embeddings: the frequencies of a head's pairs of components.
 *
 * @param frequencies {@code [width / 2]}
 * @param amplitude factor of sines and cosines
 */
record RotaryPositions(float[] frequencies, float amplitude) {

    /**
     * Sines and cosines of the angles of some rows.
     *
     * @param width how many of a head's components are turned, the first ones
     */
    record Angles(String cosines, String sines, int width) {}

    /** Frequencies as transformers computes them, in 32-bit floats. */
    static RotaryPositions of(double theta, int width) {
        return new RotaryPositions(frequencies(theta, width), 1);
    }

    static float[] frequencies(double theta, int width) {
        float[] frequencies = new float[width / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            float exponent = (float) (2 * pair) / width;
            frequencies[pair] = 1 / (float) Math.pow(theta, exponent);
        }
        return frequencies;
    }

    /** Sines and cosines of the positions, {@code [rows, width / 2]}. */
    Angles angles(GraphBuilder graph, String positions) {
        String column = graph.op(
                "Unsqueeze",
                graph.op("Cast", List.of(positions), GraphBuilder.type(DataType.FLOAT)),
                graph.integers(1));
        String angles = graph.op("Mul", column, graph.numbers(frequencies, frequencies.length));
        return new Angles(
                amplified(graph, graph.op("Cos", angles)),
                amplified(graph, graph.op("Sin", angles)),
                2 * frequencies.length);
    }

    private String amplified(GraphBuilder graph, String tensor) {
        return amplitude == 1 ? tensor : graph.op("Mul", tensor, graph.number(amplitude));
    }

    /** Rows of heads, turned by their angles. */
    static String turned(GraphBuilder graph, String rows, int heads, Angles angles) {
        String count = graph.op("Gather", graph.op("Shape", rows), graph.integer(0));
        String places =
                graph.op("Unsqueeze", graph.op("Range", graph.integer(0), count, graph.integer(1)), graph.integers(0));
        String turned = graph.runtimeOp(
                "RotaryEmbedding",
                List.of(graph.op("Unsqueeze", rows, graph.integers(0)), places, angles.cosines(), angles.sines()),
                GraphBuilder.integer("num_heads", heads),
                GraphBuilder.integer("rotary_embedding_dim", angles.width()));
        return graph.op("Squeeze", turned, graph.integers(0));
    }
}
