package dev.embedding.tokenize;

/**
 * Finds places at which a text may be split into pieces, and characters that can be skipped without changing its
 * tokens.
 */
sealed interface SplitRule permits WordSplits, WordPieceSplits {

    /** Starts a scan of a text, or of a part of one. */
    Scan scan();

    /** Reads a text one character after the other. */
    interface Scan {

        /** No place to split. */
        int NONE = -1;

        /** Accepts the next code point; returns whether the tokenizer must see it. */
        boolean accept(int character);

        /**
         * A place to split that the latest character revealed: how many of the characters that the tokenizer must see
         * lie between the two, or {@link #NONE}.
         */
        int place();

        /** About how many tokens the characters before the latest one give. */
        int tokens();
    }
}
