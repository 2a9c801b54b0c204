package dev.embedding.tokenize;

/**
 * The token ids of a text that the model computes.
 *
 * @param ids token ids with the special ones, without padding
 * @param truncated whether the text had more tokens than the model's maximum
 */
public record TokenizedText(int[] ids, boolean truncated) {}
