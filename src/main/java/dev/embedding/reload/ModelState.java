package dev.embedding.reload;

/** State of the model that should be served. */
public sealed interface ModelState {

    /** It is being loaded for the first time. */
    record Loading() implements ModelState {}

    /** It is served. */
    record Serving() implements ModelState {}

    /**
     * It could not be loaded; another attempt follows.
     *
     * @param reason for operators, in a sentence
     */
    record Failed(String reason) implements ModelState {}

    /** The process is shutting down. */
    record Stopped() implements ModelState {}
}
