package dev.embedding.tokenize;

/**
 * What the model sees of a text.
 *
 * @param ids token ids with the special ones, without padding
 * @param truncated whether the text had more tokens than the model takes
 */
public record TokenizedText(int[] ids, boolean truncated) {}
