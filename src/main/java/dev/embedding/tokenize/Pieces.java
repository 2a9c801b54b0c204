package dev.embedding.tokenize;

import org.jspecify.annotations.Nullable;

/** A text, read piece by piece. No piece is longer than {@link TextEncoder#MAX_CHARACTERS}. */
sealed interface Pieces permits ForwardPieces, BackwardPieces {

    /**
     * The next piece, null when there is none.
     *
     * @param tokens how many it should give, about
     */
    @Nullable
    Piece next(int tokens);

    /** Whether the text went on where the pieces ended. */
    boolean leftSomeOut();

    /**
     * Part of a text.
     *
     * @param atPlace whether it begins at a place to split, and not with the text or inside a run without such a place
     */
    record Piece(String text, boolean atPlace) {}
}
