package dev.embedding.serving;

import java.util.List;

/**
 * Options with which a loaded model is served; may change while it is served.
 *
 * @param normalize whether vectors are normalised even where the model's modules do not
 * @param aliases further names for the model in requests
 * @param dimensions allowed dimensions for truncation, in place of those that the model declares; empty for these
 */
public record ServingOptions(boolean normalize, List<String> aliases, List<Integer> dimensions) {

    static final ServingOptions NONE = new ServingOptions(false, List.of(), List.of());

    public ServingOptions {
        aliases = List.copyOf(aliases);
        dimensions = List.copyOf(dimensions);
    }
}
