package dev.embedding.model;

/**
 * One of a model's files.
 *
 * @param name relative to the model, with slashes
 * @param bytes its size
 * @param sha256 64 hexadecimal digits
 */
public record ModelFile(String name, long bytes, String sha256) {}
