package dev.embedding.tokenize;

/** Tokenizes a text that is short enough for one call of the tokenizer library. */
@FunctionalInterface
interface TextEncoder {

    /**
     * Maximum characters (UTF-16 units) of one call: 20 to 30 MB of native memory, and at most some tenths of a second.
     */
    int MAX_CHARACTERS = 1 << 16;

    /** The ids of a text without lone halves of surrogate pairs; without special tokens around them. */
    int[] encode(String text);
}
