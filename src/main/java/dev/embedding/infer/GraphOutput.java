package dev.embedding.infer;

/** Output that is read of a graph. */
public enum GraphOutput {
    /** A vector for each token; of a graph without them, the texts' own. */
    TOKENS,
    /** The first token's vector of each text, likewise. */
    FIRST_TOKENS,
    /** The texts' own vectors, which the graph pools, also where it has token vectors. */
    TEXTS
}
