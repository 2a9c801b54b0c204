package dev.embedding.tokenize;

import java.util.Arrays;

/**
 * Classifies characters as BERT's own chain does: BertNormalizer, BertPreTokenizer, WordPiece.
 *
 * <p>A character's kind depends on the Unicode version of the tokenizer library, which is an old one. Where versions
 * may differ, the kind is {@link Kind#UNSURE}.
 */
final class WordPieceCharacters {

    enum Kind {
        /** Separates words and gives no token. */
        BLANK,
        /** Is a token of its own. */
        BOUNDARY,
        /** Part of a word. */
        WORD,
        /** Leaves no trace in the tokens. */
        VANISHING,
        /** Any of these. */
        UNSURE
    }

    /**
     * First and last characters of ranges whose punctuation, marks and format characters every Unicode version since 8
     * knows, the library's included.
     */
    private static final int[][] KNOWN_FOR_LONG = {
        {0x00A1, 0x061C},
        {0x061E, 0x07F3},
        {0x0900, 0x0970},
        {0x0E31, 0x0E4E},
        {0x200B, 0x206F},
        {0x20D0, 0x20F0},
        {0x2E00, 0x2E42},
        {0x3001, 0x30FB},
        {0xFE00, 0xFFFB},
        {0xE0001, 0xE01EF}
    };

    private final boolean marksVanish;
    private final Kind[] ascii = new Kind[128];

    /** @param marksVanish whether accents are stripped */
    WordPieceCharacters(boolean marksVanish) {
        this.marksVanish = marksVanish;
        Arrays.setAll(ascii, this::find);
    }

    Kind kindOf(int character) {
        return character < ascii.length ? ascii[character] : find(character);
    }

    private Kind find(int character) {
        if (character == '\t' || character == '\n' || character == '\r') {
            return Kind.BLANK;
        }
        if (character < 128 && isAsciiPunctuation((char) character) || isIdeograph(character)) {
            return Kind.BOUNDARY;
        }
        return switch (Character.getType(character)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> Kind.BLANK;
            case Character.CONTROL, Character.PRIVATE_USE -> Kind.VANISHING;
            case Character.FORMAT -> ifKnownForLong(character, Kind.VANISHING);
            // Unicode has moved marks between these two kinds, so newer Java versions differ from the library.
            case Character.COMBINING_SPACING_MARK -> ifKnownForLong(character, Kind.WORD);
            case Character.NON_SPACING_MARK -> ifKnownForLong(character, marksVanish ? Kind.VANISHING : Kind.WORD);
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> ifKnownForLong(character, Kind.BOUNDARY);
            case Character.OTHER_SYMBOL ->
                switch (character) {
                    case 0xFFFD -> Kind.VANISHING;
                    case 0x166D -> Kind.UNSURE; // punctuation in older versions
                    default -> Kind.WORD;
                };
            case Character.MATH_SYMBOL, Character.MODIFIER_SYMBOL ->
                marksVanish && isComposedOfPunctuation(character) ? Kind.BOUNDARY : Kind.WORD;
            case Character.SURROGATE -> Kind.UNSURE;
            default -> Kind.WORD; // letters, digits, and what is not assigned
        };
    }

    private static Kind ifKnownForLong(int character, Kind kind) {
        for (int[] range : KNOWN_FOR_LONG) {
            if (character >= range[0] && character <= range[1]) {
                return kind;
            }
        }
        return Kind.UNSURE;
    }

    /** Whether only ASCII punctuation remains of the character once its accent is stripped. */
    private static boolean isComposedOfPunctuation(int character) {
        return character == 0x1FEF || character == 0x2260 || character == 0x226E || character == 0x226F;
    }

    static boolean isAsciiPunctuation(char character) {
        return character >= '!' && character <= '/'
                || character >= ':' && character <= '@'
                || character >= '[' && character <= '`'
                || character >= '{' && character <= '~';
    }

    /** The blocks that BertNormalizer surrounds with blanks. */
    private static boolean isIdeograph(int character) {
        return character >= 0x4E00 && character <= 0x9FFF
                || character >= 0x3400 && character <= 0x4DBF
                || character >= 0x20000 && character <= 0x2A6DF
                || character >= 0x2A700 && character <= 0x2B81F
                || character >= 0x2B920 && character <= 0x2CEAF
                || character >= 0xF900 && character <= 0xFAFF
                || character >= 0x2F800 && character <= 0x2FA1F;
    }
}
