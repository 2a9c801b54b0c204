package dev.embedding.tokenize;

/**
 * Token ids of a text, as the model receives them.
 *
 * @param ids token ids with the special ones, without padding
 * @param truncated whether the text had more tokens than the model takes
 */
public record TokenizedText(int[] ids, boolean truncated) {}
