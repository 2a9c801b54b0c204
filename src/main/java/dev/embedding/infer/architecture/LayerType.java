package dev.embedding.infer.architecture;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Type of a layer by its attention. */
enum LayerType {
    FULL("full_attention"),
    SLIDING("sliding_attention");

    private final String label;

    LayerType(String label) {
        this.label = label;
    }

    /** Its name in {@code layer_types} and {@code rope_parameters}. */
    String label() {
        return label;
    }

    /** The type of each layer: as {@code layer_types} lists them, or by the rule. */
    static List<LayerType> read(ArchitectureConfig config, int layers, IntFunction<LayerType> rule) {
        List<String> listed = config.texts("layer_types");
        if (listed.isEmpty()) {
            return IntStream.range(0, layers).mapToObj(rule).toList();
        }
        if (listed.size() != layers) {
            throw config.refused("layer_types", "it does not have a type for each of the " + layers + " layers");
        }
        return listed.stream().map(label -> of(config, label)).toList();
    }

    private static LayerType of(ArchitectureConfig config, String label) {
        for (LayerType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        throw config.refused("layer_types", "known are full_attention and sliding_attention");
    }
}
