package dev.embedding.tokenize;

import org.jspecify.annotations.Nullable;

/** Reads a text piece by piece. No piece is longer than {@link TextEncoder#MAX_CHARACTERS}. */
sealed interface Pieces permits ForwardPieces, BackwardPieces {

    /**
     * The next piece, null when there is none.
     *
     * @param tokens approximate number of tokens that it should give
     */
    @Nullable
    Piece next(int tokens);

    /** Whether part of the text was not read. */
    boolean leftSomeOut();

    /**
     * A part of a text.
     *
     * @param atPlace whether it begins at a place to split, and not with the text or inside a run without such a place
     */
    record Piece(String text, boolean atPlace) {}
}
