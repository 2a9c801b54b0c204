package dev.embedding.tokenize;

import java.util.Map;

/**
 * Options of a model's tokenizer.
 *
 * @param specialTokens whether special tokens are added to each text
 * @param maxTokens maximum tokens of a text, special ones included; {@link Integer#MAX_VALUE} for no limit
 * @param cutsStart whether longer texts are truncated at the start instead of the end
 * @param lowerCases whether texts are lower-cased before anything else that the tokenizer does to them
 * @param componentFields fields that override those of the normalizer and the pre-tokenizer, by the component's type
 * @param firstToken special token that every text begins with, also where the file does not say so; empty for none
 * @param lastToken the same for the end
 */
public record TokenizerOptions(
        boolean specialTokens,
        int maxTokens,
        boolean cutsStart,
        boolean lowerCases,
        Map<String, Map<String, Object>> componentFields,
        String firstToken,
        String lastToken) {

    /** The options of most models: texts as they are, truncated at the end. */
    public static TokenizerOptions upTo(int maxTokens) {
        return new TokenizerOptions(true, maxTokens, false, false, Map.of(), "", "");
    }
}
