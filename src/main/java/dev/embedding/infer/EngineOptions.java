package dev.embedding.infer;

import java.util.Optional;

/**
 * Options of a model's sessions.
 *
 * @param device what is requested
 * @param padTokenId id that fills the rows of a batch up to the longest
 * @param wanted what is read of the graph
 * @param comparison what a rewritten graph is held to; empty where the graph must run as it is, because any other would
 *     compute other vectors
 * @param cores cores that a lone run may use; 1 means that no wide session is ever opened
 * @param gpuMemoryLimit bytes that the GPU's arena may take; 0 for no limit
 */
public record EngineOptions(
        Device device,
        int padTokenId,
        GraphOutput wanted,
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
