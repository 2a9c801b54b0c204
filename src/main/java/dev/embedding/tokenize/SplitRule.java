package dev.embedding.tokenize;

/** Places at which a text may be split into pieces, and characters of it that its tokenizer need not see. */
sealed interface SplitRule permits WordSplits, WordPieceSplits {

    /** Begins to read a text, or a part of one. */
    Scan scan();

    /** Reads a text one character after the other. */
    interface Scan {

        /** No place to split. */
        int NONE = -1;

        /** Takes the next code point; returns whether the tokenizer must see it. */
        boolean accept(int character);

        /**
         * A place to split that is known since the latest character: how many of the characters that the tokenizer must
         * see lie between the two, or {@link #NONE}.
         */
        int place();

        /** About how many tokens the characters before the latest one give. */
        int tokens();
    }
}
