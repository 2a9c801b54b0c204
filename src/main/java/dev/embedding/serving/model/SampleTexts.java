package dev.embedding.serving.model;

import java.util.List;

/** Fixed texts that the checks of a model embed. */
public final class SampleTexts {

    public static final List<String> ALL = List.of(
            "Hello world",
            "The quick brown fox jumps over the lazy dog.",
            "A longer passage, so that short texts are padded beside it: embeddings are vectors whose distances say how "
                    + "alike the meanings of texts are, whatever words they use for it.");

    /** A long and a short text, so that a batch of both has padding. */
    public static final List<String> OF_DIFFERENT_LENGTHS = List.of(ALL.get(2), ALL.get(0));

    private SampleTexts() {}
}
