package dev.embedding.infer.runtime;

/** Memory did not suffice for a run; a smaller batch may still be computed. */
public final class EngineOutOfMemoryException extends InferenceException {

    public EngineOutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
