package dev.embedding.serving.cache;

/**
 * What was answered for a text.
 *
 * @param vector as it is answered; never to be changed, as others are answered with the same one
 * @param tokens how many tokens the model saw
 * @param truncated whether the text was cut to the model's maximum length
 */
public record EmbeddedText(float[] vector, int tokens, boolean truncated) {}
