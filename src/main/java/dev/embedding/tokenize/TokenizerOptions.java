package dev.embedding.tokenize;

import java.util.Map;

/**
 * Options of a model's tokenizer.
 *
 * @param specialTokens whether each text gets the special tokens around it
 * @param maxTokens most tokens of one text, special ones included; {@link Integer#MAX_VALUE} for no limit
 * @param cutsStart whether of a longer text the end is kept instead of the start
 * @param lowerCases whether texts are lower-cased before anything else that the tokenizer does to them
 * @param componentFields what counts more than the fields of the normalizer and the pre-tokenizer, by their type
 */
public record TokenizerOptions(
        boolean specialTokens,
        int maxTokens,
        boolean cutsStart,
        boolean lowerCases,
        Map<String, Map<String, Object>> componentFields) {

    /** Of most models: texts as they are, the end of long ones cut off. */
    public static TokenizerOptions upTo(int maxTokens) {
        return new TokenizerOptions(true, maxTokens, false, false, Map.of());
    }
}
