package dev.embedding.infer.runtime;

import org.jspecify.annotations.Nullable;

/** Thrown when a model file cannot be opened, or a run fails. The message is for operators; it contains no path. */
public sealed class InferenceException extends RuntimeException permits EngineOutOfMemoryException {

    public InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
