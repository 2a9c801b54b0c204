package dev.embedding.reload;

import java.util.OptionalLong;

/**
 * Limits of the memory that a model takes while it serves.
 *
 * @param gpuBytes maximum GPU memory; 0 for no limit
 * @param runBytes memory that one run with one text may take, which limits the length of texts; empty for any
 */
public record MemoryLimits(long gpuBytes, OptionalLong runBytes) {

    public static final MemoryLimits NONE = new MemoryLimits(0, OptionalLong.empty());
}
