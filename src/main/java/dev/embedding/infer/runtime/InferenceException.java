package dev.embedding.infer.runtime;

import org.jspecify.annotations.Nullable;

/** A model file could not be opened, or a run failed. The message is for operators; it names no path. */
public sealed class InferenceException extends RuntimeException permits EngineOutOfMemoryException {

    public InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
