package dev.embedding.serving.model;

/**
 * Output of the model for a text.
 *
 * @param vector not normalised; must not be modified, as it is shared
 * @param tokens number of tokens computed
 * @param truncated whether the text was truncated to the model's maximum length
 */
public record EmbeddedText(float[] vector, int tokens, boolean truncated) {}
