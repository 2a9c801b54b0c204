package dev.embedding.infer.runtime;

/** Thrown when memory does not suffice for a run; a smaller batch may still be computed. */
public final class EngineOutOfMemoryException extends InferenceException {

    public EngineOutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
