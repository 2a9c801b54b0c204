package dev.embedding.infer;

/** Memory did not suffice for a run; a smaller batch may still be computed. */
public final class EngineOutOfMemoryException extends InferenceException {

    EngineOutOfMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
