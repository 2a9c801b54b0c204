package dev.embedding.reload;

/**
 * Id under which no model is served any more.
 *
 * @param id id of the model
 */
public record RemovedModel(String id) {}
