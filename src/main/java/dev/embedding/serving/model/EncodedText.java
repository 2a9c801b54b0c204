package dev.embedding.serving.model;

/**
 * Tokenized text, as the model computes it.
 *
 * @param ids token ids including special tokens, without padding
 * @param skippedTokens number of leading tokens that the pooling leaves out
 * @param truncated whether the text has more tokens than these
 */
public record EncodedText(int[] ids, int skippedTokens, boolean truncated) {}
