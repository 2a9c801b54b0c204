package dev.embedding.serving;

import java.nio.charset.StandardCharsets;

/**
 * One fault of a request.
 *
 * @param field where it is, such as {@code body.texts.3}
 * @param message what is wrong, for a person; a lone surrogate, which a request may contain, becomes a question mark
 * @param type kind of fault, for a program
 */
public record FieldError(String field, String message, String type) {

    public FieldError {
        message = new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
