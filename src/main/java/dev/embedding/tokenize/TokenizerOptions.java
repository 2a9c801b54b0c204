package dev.embedding.tokenize;

/**
 * How a model has its texts tokenized.
 *
 * @param maxTokens most tokens of one text, special ones included
 * @param lowerCase whether texts are lower-cased before anything else that the tokenizer does to them
 * @param cutsStart whether of a longer text the end is kept instead of the start
 */
public record TokenizerOptions(int maxTokens, boolean lowerCase, boolean cutsStart) {

    /** Of most models: texts as they are, the end of long ones cut off. */
    public static TokenizerOptions upTo(int maxTokens) {
        return new TokenizerOptions(maxTokens, false, false);
    }
}
