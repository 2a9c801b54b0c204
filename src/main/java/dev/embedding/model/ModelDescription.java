package dev.embedding.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What we understood of a model's directory.
 *
 * @param name as the operator gave it
 * @param source where it was found
 * @param weights the ONNX file
 * @param tokenizer {@code tokenizer.json}
 * @param architecture {@code model_type} of {@code config.json}
 * @param poolings how token vectors become one; several are put together in this order
 * @param dense what follows the pooling
 * @param normalizes whether the model's own modules end with Normalize
 * @param maxTokens most tokens of one text, special ones included
 * @param maxTokensFrom the file that says so
 * @param cutsStart whether of a longer text the end is kept
 * @param lowerCases whether texts are lower-cased before they are tokenized
 * @param padTokenId fills short rows of a batch
 * @param prompts what may be put in front of texts
 * @param poolsPrompt whether a prompt's tokens count in the pooling
 */
public record ModelDescription(
        String name,
        Source source,
        Path weights,
        Path tokenizer,
        String architecture,
        List<PoolingMode> poolings,
        List<DenseLayer> dense,
        boolean normalizes,
        int maxTokens,
        String maxTokensFrom,
        boolean cutsStart,
        boolean lowerCases,
        int padTokenId,
        Prompts prompts,
        boolean poolsPrompt) {

    public ModelDescription {
        poolings = List.copyOf(poolings);
        dense = List.copyOf(dense);
    }

    /** The poolings' names, several with {@code +} between them. */
    public String pooling() {
        return poolings.stream().map(PoolingMode::label).collect(Collectors.joining("+"));
    }

    /** Whether the first token's vector is all that is needed of a text. */
    public boolean readsFirstTokenOnly() {
        return poolings.equals(List.of(PoolingMode.CLS)) && poolsPrompt;
    }

    /** Bytes of the weights, external data included. */
    public long weightBytes() {
        try {
            long bytes = 0;
            for (Path file : SpaceFingerprint.weightFiles(weights)) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException failure) {
            throw new ModelUnavailableException(
                    "Model " + name + ": " + weights.getFileName() + " cannot be read", failure);
        }
    }

    /** Where a model's files come from. */
    public enum Source {
        BUNDLED,
        DIRECTORY
    }
}
