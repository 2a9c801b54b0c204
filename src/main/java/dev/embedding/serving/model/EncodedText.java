package dev.embedding.serving.model;

/**
 * A text as its model computes it.
 *
 * @param ids token ids with the special ones, without padding
 * @param leftOut how many of the first do not count in the pooling
 * @param truncated whether they are not all that the text has
 */
public record EncodedText(int[] ids, int leftOut, boolean truncated) {}
