package dev.embedding.infer;

import dev.embedding.vector.VectorHead;
import java.util.Optional;

/**
 * Options for opening a model's sessions.
 *
 * @param device the requested one
 * @param padTokenId id that fills the rows of a batch up to the longest
 * @param head what is made from the token vectors, which a rewritten graph does itself; empty where the vectors are
 *     read that the graph pools
 * @param comparison the test that a rewritten graph must pass; empty where the graph must run as it is, because any
 *     other would compute other vectors
 * @param cores cores that a lone run may use; 1 means that no wide session is ever opened
 * @param gpuMemoryLimit bytes that the GPU's arena may take; 0 for no limit
 */
public record EngineOptions(
        Device device,
        int padTokenId,
        Optional<VectorHead> head,
        Optional<GraphComparison> comparison,
        int cores,
        long gpuMemoryLimit) {

    public EngineOptions {
        if (cores < 1) {
            throw new IllegalArgumentException("cores must be at least 1, not " + cores);
        }
        if (gpuMemoryLimit < 0) {
            throw new IllegalArgumentException("gpuMemoryLimit must not be negative, but is " + gpuMemoryLimit);
        }
    }
}
