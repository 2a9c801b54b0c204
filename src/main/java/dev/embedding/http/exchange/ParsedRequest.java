package dev.embedding.http.exchange;

import dev.embedding.serving.EmbeddingRequest;

/** A parsed body: the embedding request, and the encoder of its response. */
public record ParsedRequest(EmbeddingRequest request, ResponseEncoder form) {}
