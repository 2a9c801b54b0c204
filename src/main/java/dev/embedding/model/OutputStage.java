package dev.embedding.model;

/** Stage of the model that its graph, or its static table, ends with; the modules up to there are part of it. */
public enum OutputStage {
    /** A vector for each token. */
    TOKENS,
    /** A vector for each text, as it comes out of the pooling, normalised or not. */
    POOLED,
    /** A vector for each text that is multiplied by weights behind the pooling, as Dense modules do it. */
    PROJECTED
}
