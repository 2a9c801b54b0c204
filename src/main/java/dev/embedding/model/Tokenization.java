package dev.embedding.model;

import java.nio.file.Path;
import java.util.Map;

/**
 * Options for tokenizing a model's texts.
 *
 * @param file {@code tokenizer.json}
 * @param specialTokens whether special tokens are added to each text
 * @param maxTokens maximum tokens of a text, special ones included; {@link #NO_LIMIT} where texts are never truncated
 * @param maxTokensFrom the file that declares it, or the limit besides the model's own that shortened it
 * @param cutsStart whether longer texts are truncated at the start
 * @param lowerCases whether texts are lower-cased before anything else
 * @param componentFields fields that override those of the file's components, by the component's type
 * @param firstToken special token that every text begins with, also where the file does not say so; empty for none
 * @param lastToken the same for the end
 */
public record Tokenization(
        Path file,
        boolean specialTokens,
        int maxTokens,
        String maxTokensFrom,
        boolean cutsStart,
        boolean lowerCases,
        Map<String, Map<String, Object>> componentFields,
        String firstToken,
        String lastToken) {

    /** {@code maxTokens} of a model that takes texts of any length. */
    public static final int NO_LIMIT = Integer.MAX_VALUE;
}
