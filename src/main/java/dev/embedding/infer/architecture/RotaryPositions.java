package dev.embedding.infer.architecture;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.infer.onnx.GraphBuilder;
import java.util.List;

/**
 * Rotary position embeddings: the frequencies of a head's pairs of components.
 *
 * @param frequencies {@code [width / 2]}
 */
record RotaryPositions(float[] frequencies) {

    /**
     * Sines and cosines of the angles of some rows.
     *
     * @param width how many of a head's components are turned, the first ones
     */
    record Angles(String cosines, String sines, int width) {}

    /** Frequencies as transformers computes them, in 32-bit floats. */
    static RotaryPositions of(double theta, int width) {
        float[] frequencies = new float[width / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            float exponent = (float) (2 * pair) / width;
            frequencies[pair] = 1 / (float) Math.pow(theta, exponent);
        }
        return new RotaryPositions(frequencies);
    }

    /**
     * Scales the frequencies as {@code rope_scaling} or {@code rope_parameters} asks for.
     *
     * @param field the field's name, for messages
     */
    RotaryPositions scaled(ArchitectureConfig config, String field, JsonNode parameters) {
        String type =
                parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        return switch (type) {
            case "default" -> this;
            case "linear" -> {
                float[] slower = frequencies.clone();
                float divisor = (float) number(config, field, parameters, "factor");
                for (int pair = 0; pair < slower.length; pair++) {
                    slower[pair] /= divisor;
                }
                yield new RotaryPositions(slower);
            }
            case "llama3" -> new RotaryPositions(llama3(config, field, parameters));
            default -> throw config.refused(field, "known rope types are default, linear, llama3");
        };
    }

    private float[] llama3(ArchitectureConfig config, String field, JsonNode parameters) {
        float divisor = (float) number(config, field, parameters, "factor");
        float low = (float) number(config, field, parameters, "low_freq_factor");
        float high = (float) number(config, field, parameters, "high_freq_factor");
        float trained = (float) number(config, field, parameters, "original_max_position_embeddings");
        float[] scaled = frequencies.clone();
        for (int pair = 0; pair < scaled.length; pair++) {
            float wavelength = (float) (2 * Math.PI) / scaled[pair];
            if (wavelength > trained / low) {
                scaled[pair] /= divisor;
            } else if (wavelength >= trained / high) {
                float smooth = (trained / wavelength - low) / (high - low);
                scaled[pair] = (1 - smooth) * scaled[pair] / divisor + smooth * scaled[pair];
            }
        }
        return scaled;
    }

    private static double number(ArchitectureConfig config, String field, JsonNode parameters, String name) {
        JsonNode number = parameters.path(name);
        if (!number.isNumber() || !(number.doubleValue() > 0)) {
            throw config.refused(field, "it has no positive " + name);
        }
        return number.doubleValue();
    }

    /** Sines and cosines of the positions, {@code [rows, width / 2]}. */
    Angles angles(GraphBuilder graph, String positions) {
        String column = graph.op(
                "Unsqueeze",
                graph.op("Cast", List.of(positions), GraphBuilder.type(DataType.FLOAT)),
                graph.integers(1));
        String angles = graph.op("Mul", column, graph.numbers(frequencies, frequencies.length));
        return new Angles(graph.op("Cos", angles), graph.op("Sin", angles), 2 * frequencies.length);
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
