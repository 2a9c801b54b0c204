package dev.embedding.serving.model;

import dev.embedding.infer.TokenVectors;
import dev.embedding.tokenize.TokenizedText;

/** Turns what the engine returns into an {@link Output}, one implementation per kind of output. */
sealed interface Head permits DenseHead, GraphHead {

    /** Dimension of the outputs' vectors. */
    int dimension();

    /** @param row index of the text in the batch */
    Output output(TokenVectors vectors, int row, TokenizedText text);
}
