package dev.embedding.http.exchange;

import dev.embedding.serving.EmbeddingRequest;

/** What a body asks for, and in which form. */
public record ParsedRequest(EmbeddingRequest request, ResponseEncoder form) {}
