package dev.embedding.model;

/** What is read of a model's graph, or of a static table, and how much of the modules is part of it. */
public enum OutputStage {
    /** A vector for each token. */
    TOKENS,
    /** A vector for each text, as it comes out of the pooling, normalised or not. */
    POOLED,
    /** A vector for each text that is multiplied by weights behind the pooling, as Dense modules do it. */
    PROJECTED
}
