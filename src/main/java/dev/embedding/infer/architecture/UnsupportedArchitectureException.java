package dev.embedding.infer.architecture;

/** Thrown when no graph can be built; the message names the field of {@code config.json}, or the weight. */
public final class UnsupportedArchitectureException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnsupportedArchitectureException(String message) {
        super(message);
    }
}
