package dev.embedding.tokenize;

/**
 * Tokenized text, as the model computes it.
 *
 * @param ids token ids including special tokens, without padding
 * @param skippedTokens number of leading tokens, those of a prompt, that the pooling leaves out
 * @param truncated whether the text had more tokens than the model's maximum
 */
public record TokenizedText(int[] ids, int skippedTokens, boolean truncated) {

    /** A text whose tokens are all pooled. */
    public TokenizedText(int[] ids, boolean truncated) {
        this(ids, 0, truncated);
    }

    /** The same text with leading tokens that the pooling leaves out. */
    public TokenizedText skipping(int tokens) {
        return tokens == skippedTokens ? this : new TokenizedText(ids, tokens, truncated);
    }
}
