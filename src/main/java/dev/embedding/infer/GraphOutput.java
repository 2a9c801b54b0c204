package dev.embedding.infer;

/** The kind of vectors that is read from a graph. */
public enum GraphOutput {
    /** A vector for each token; from a graph without such an output, the pooled one. */
    TOKENS,
    /** The vectors that the graph itself pools, one a text, also where it has token vectors. */
    TEXTS
}
