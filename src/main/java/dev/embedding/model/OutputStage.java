package dev.embedding.model;

/** The kind of vectors that a model's graph or static table gives, and the modules that these already include. */
public enum OutputStage {
    /** A vector for each token. */
    TOKENS,
    /** A pooled vector for each text, normalised or not. */
    POOLED,
    /** A pooled vector for each text, multiplied by weights, as Dense modules do it. */
    PROJECTED
}
