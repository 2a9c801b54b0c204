package dev.embedding.serving;

import java.util.List;

/**
 * Options under which a loaded model is served; they may change meanwhile.
 *
 * @param normalize whether vectors are normalised even where the model's own modules do not
 * @param aliases further names that requests may use for it
 * @param dimensions that requests may cut vectors to, in place of those that the model declares; empty for these
 */
public record ServingOptions(boolean normalize, List<String> aliases, List<Integer> dimensions) {

    public ServingOptions {
        aliases = List.copyOf(aliases);
        dimensions = List.copyOf(dimensions);
    }

    /** Without anything that an operator may add. */
    public static ServingOptions plain(boolean normalize) {
        return new ServingOptions(normalize, List.of(), List.of());
    }
}
