package dev.embedding.reload;

/** State of the model that should be served. */
public sealed interface ModelState {

    /** The first model is being loaded. */
    record Loading() implements ModelState {}

    /** The model is served. */
    record Serving() implements ModelState {}

    /**
     * The model could not be loaded; loading is retried.
     *
     * @param reason reason for operators, as a sentence
     */
    record Failed(String reason) implements ModelState {}

    /** The process is shutting down. */
    record Stopped() implements ModelState {}
}
