package dev.embedding.serving.model;

import dev.embedding.infer.TokenVectors;
import dev.embedding.tokenize.TokenizedText;

/** Head for a graph that ends in the text's vector. */
record GraphHead(int dimension) implements Head {

    @Override
    public Output output(TokenVectors vectors, int row, TokenizedText text) {
        float[] vector = new float[dimension];
        vectors.values().get(vectors.start(row), vector);
        return new Output.Dense(vector, text.ids().length, text.truncated());
    }
}
