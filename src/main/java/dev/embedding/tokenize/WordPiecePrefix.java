package dev.embedding.tokenize;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Cuts texts for BERT's own chain: BertNormalizer, BertPreTokenizer, WordPiece.
 *
 * <p>That chain lets us leave out characters without changing a token: of several blanks one counts, control characters
 * and (where accents are stripped) combining marks vanish, and a word of more than {@code max_input_chars_per_word}
 * characters is unknown as a whole, however much longer it is. What remains grows with the number of tokens only, also
 * for a megabyte without a single blank.
 *
 * <p>What a character means depends on the Unicode version of the tokenizer library, and that is an old one. Where this
 * class cannot be sure it copies the character, counts nothing for it, and does not cut beside it, which costs time at
 * worst. A cut may also break the look-alike of an added token, as {@code [CLS]}: so as many tokens more are asked for as
 * its pieces can be.
 */
final class WordPiecePrefix implements TextPrefix {

    /** Texts up to this many characters for each token are tokenized as they are. */
    private static final int SHORT_TEXT_CHARACTERS_PER_TOKEN = 8;

    private static final int KEPT_OF_VANISHING_RUN = 4;

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

    private final int maxTokens;
    private final int wordLimit;
    private final boolean marksVanish;
    private final int surplusTokens;

    /** @param longestAdded characters of the longest added token */
    private WordPiecePrefix(int maxTokens, int wordLimit, boolean marksVanish, int longestAdded) {
        this.maxTokens = maxTokens;
        this.wordLimit = wordLimit;
        this.marksVanish = marksVanish;
        this.surplusTokens = 1 + longestAdded;
    }

    /** Whether a {@code tokenizer.json} is BERT's chain, without added tokens that could start inside a word. */
    static boolean fits(JsonNode definition) {
        JsonNode normalizer = definition.path("normalizer");
        if (!definition.path("model").path("type").asText().equals("WordPiece")
                || !normalizer.path("type").asText().equals("BertNormalizer")
                || !normalizer.path("clean_text").asBoolean()
                || !normalizer.path("handle_chinese_chars").asBoolean()
                || !definition.path("pre_tokenizer").path("type").asText().equals("BertPreTokenizer")) {
            return false;
        }
        for (JsonNode added : definition.path("added_tokens")) {
            String content = added.path("content").asText();
            if (content.isEmpty()
                    || !isAsciiPunctuation(content.charAt(0))
                    || !content.chars().allMatch(character -> character > ' ' && character < 0x7F)
                    || added.path("normalized").asBoolean()) {
                return false;
            }
        }
        return true;
    }

    static WordPiecePrefix of(JsonNode definition, int maxTokens) {
        JsonNode normalizer = definition.path("normalizer");
        JsonNode stripAccents = normalizer.path("strip_accents");
        boolean marksVanish = stripAccents.isBoolean()
                ? stripAccents.asBoolean()
                : normalizer.path("lowercase").asBoolean();
        int wordLimit =
                definition.path("model").path("max_input_chars_per_word").asInt(100);
        int longestAdded = 0;
        for (JsonNode added : definition.path("added_tokens")) {
            longestAdded = Math.max(longestAdded, added.path("content").asText().length());
        }
        return new WordPiecePrefix(maxTokens, wordLimit, marksVanish, longestAdded);
    }

    @Override
    public Cut cut(String text, int attempt) {
        if (text.length() <= SHORT_TEXT_CHARACTERS_PER_TOKEN * maxTokens) {
            return new Cut(text, true, 0);
        }
        long enoughTokens = (long) (maxTokens + surplusTokens) << Math.min(2 * attempt, 31);
        StringBuilder kept = new StringBuilder();
        Kind previous = Kind.BLANK;
        boolean insideWord = false;
        int wordLength = 0;
        int vanishing = 0;
        long tokens = 0;
        for (int index = 0; index < text.length(); ) {
            int character = text.codePointAt(index);
            Kind kind = kindOf(character);
            boolean separates = kind == Kind.BLANK || kind == Kind.BOUNDARY;
            if (tokens >= enoughTokens && (separates || !insideWord && kind != Kind.VANISHING)) {
                return new Cut(kept.toString(), false, surplusTokens);
            }
            boolean keep =
                    switch (kind) {
                        case BLANK -> previous != Kind.BLANK || kept.isEmpty();
                        case BOUNDARY, UNSURE -> true;
                        // Twice the limit, so that the word stays unknown however it is counted.
                        case WORD -> wordLength <= 2 * wordLimit;
                        case VANISHING -> vanishing < KEPT_OF_VANISHING_RUN;
                    };
            if (keep) {
                kept.appendCodePoint(character);
            }
            switch (kind) {
                case BLANK, UNSURE -> wordLength = 0;
                case BOUNDARY -> {
                    wordLength = 0;
                    tokens++;
                }
                case WORD -> wordLength++;
                case VANISHING -> vanishing++;
            }
            if (kind == Kind.WORD && !insideWord) {
                tokens++;
            }
            if (kind != Kind.VANISHING) {
                insideWord = !separates;
                previous = kind;
                vanishing = keep ? 0 : vanishing;
            }
            index += Character.charCount(character);
        }
        return new Cut(kept.toString(), true, 0);
    }

    Kind kindOf(int character) {
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

    /** Of such a character only ASCII punctuation is left once its accent is stripped. */
    private static boolean isComposedOfPunctuation(int character) {
        return character == 0x1FEF || character == 0x2260 || character == 0x226E || character == 0x226F;
    }

    private static boolean isAsciiPunctuation(char character) {
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
