package dev.embedding.model;

import java.nio.file.Path;
import java.util.Map;

/**
 * Options of a model's tokenization.
 *
 * @param file {@code tokenizer.json}
 * @param specialTokens whether each text gets the special tokens around it
 * @param maxTokens most tokens of one text, special ones included; {@link #NO_LIMIT} where texts are never cut
 * @param maxTokensFrom the file that says so
 * @param cutsStart whether of a longer text the end is kept
 * @param lowerCases whether texts are lower-cased before anything else
 * @param componentFields what counts more than the fields of the file's components, by their type
 */
public record Tokenization(
        Path file,
        boolean specialTokens,
        int maxTokens,
        String maxTokensFrom,
        boolean cutsStart,
        boolean lowerCases,
        Map<String, Map<String, Object>> componentFields) {

    /** {@code maxTokens} of a model that takes texts of any length. */
    public static final int NO_LIMIT = Integer.MAX_VALUE;
}
