package dev.embedding.serving.model;

/**
 * Computed vector of a text, with its number of tokens and whether it was truncated.
 *
 * @param vector before it is normalised; never to be changed, as others get the same one
 * @param tokens how many tokens the model saw
 * @param truncated whether the text was cut to the model's maximum length
 */
public record EmbeddedText(float[] vector, int tokens, boolean truncated) {}
