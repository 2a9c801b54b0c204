package dev.embedding.support.config;

/**
 * Thrown by a converter for a secret that it does not accept. It is no {@link IllegalArgumentException}, to whose
 * message SmallRye Config would add the value.
 */
public final class UnfitSecretException extends RuntimeException {

    /** @param fault does not show the secret */
    public UnfitSecretException(String fault) {
        super(fault);
    }
}
