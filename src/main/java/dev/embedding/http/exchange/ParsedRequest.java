package dev.embedding.http.exchange;

import dev.embedding.serving.EmbeddingRequest;

/** Embedding request of a body, and the encoder of its response. */
public record ParsedRequest(EmbeddingRequest request, ResponseEncoder encoder) {}
