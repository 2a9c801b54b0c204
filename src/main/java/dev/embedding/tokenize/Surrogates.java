package dev.embedding.tokenize;

/** Replaces unpaired surrogates: they are not characters, and one of them garbles a whole text in native code. */
final class Surrogates {

    private static final char REPLACEMENT = '\uFFFD';

    private Surrogates() {}

    /** The text with each lone surrogate replaced by U+FFFD; the same object when there is none. */
    static String replaceLone(String text) {
        int first = indexOfLone(text, 0);
        if (first < 0) {
            return text;
        }
        char[] characters = text.toCharArray();
        for (int index = first; index >= 0; index = indexOfLone(text, index + 1)) {
            characters[index] = REPLACEMENT;
        }
        return new String(characters);
    }

    /** The code point, or U+FFFD for a lone surrogate. */
    static int replaceLone(int character) {
        return isLone(character) ? REPLACEMENT : character;
    }

    private static boolean isLone(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    private static int indexOfLone(String text, int from) {
        int index = from;
        while (index < text.length()) {
            int character = text.codePointAt(index);
            if (isLone(character)) {
                return index;
            }
            index += Character.charCount(character);
        }
        return -1;
    }
}
