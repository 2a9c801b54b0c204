package dev.embedding.http.edge;

/**
 * One fault of a request.
 *
 * @param field where it is, as {@code body.texts.3}
 * @param message what is wrong, for a person
 * @param type kind of fault, for a program
 */
public record Fault(String field, String message, String type) {}
