package dev.embedding.serving;

import java.util.List;

/** Serving options without aliases and dimensions. */
public final class PlainOptions {

    private PlainOptions() {}

    public static ServingOptions of(boolean normalize) {
        return new ServingOptions(normalize, List.of(), List.of());
    }
}
