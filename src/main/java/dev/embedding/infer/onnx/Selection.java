package dev.embedding.infer.onnx;

/**
 * The token of each text that is pooled: of the last layer, only its row is computed.
 *
 * @param rows its row, {@code [batch]}
 * @param positions its place in the text, {@code [batch]}
 */
public record Selection(String rows, String positions) {}
