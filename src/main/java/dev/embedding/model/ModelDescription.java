package dev.embedding.model;

import java.nio.file.Path;

/**
 * What we understood of a model's directory.
 *
 * @param name as the operator gave it
 * @param source where it was found
 * @param weights the ONNX file
 * @param tokenizer {@code tokenizer.json}
 * @param architecture {@code model_type} of {@code config.json}
 * @param pooling how token vectors become one
 * @param normalizes whether the model's own modules end with Normalize
 * @param maxTokens most tokens of one text, special ones included
 * @param maxTokensFrom the file that says so
 * @param padTokenId fills short rows of a batch
 */
public record ModelDescription(
        String name,
        Source source,
        Path weights,
        Path tokenizer,
        String architecture,
        PoolingMode pooling,
        boolean normalizes,
        int maxTokens,
        String maxTokensFrom,
        int padTokenId) {

    /** Where a model's files come from. */
    public enum Source {
        BUNDLED,
        DIRECTORY
    }
}
