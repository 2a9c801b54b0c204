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
 * <p>Where this class does not know a character for sure it copies it and starts a new word, which costs time at worst.
 */
final class WordPiecePrefix implements TextPrefix {

    /** Texts up to this many characters for each token are tokenized as they are. */
    private static final int SHORT_TEXT_CHARACTERS_PER_TOKEN = 8;

    private static final int KEPT_OF_VANISHING_RUN = 4;

    /** How many more tokens than the model takes are kept, so that the last word before the cut does not matter. */
    private static final int SURPLUS_TOKENS = 16;

    private enum Kind {
        /** Separates words and gives no token. */
        BLANK,
        /** Is a token of its own, or may be. */
        BOUNDARY,
        /** Part of a word. */
        WORD,
        /** Leaves no trace in the tokens. */
        VANISHING
    }

    private final int maxTokens;
    private final int wordLimit;
    private final boolean marksVanish;

    private WordPiecePrefix(int maxTokens, int wordLimit, boolean marksVanish) {
        this.maxTokens = maxTokens;
        this.wordLimit = wordLimit;
        this.marksVanish = marksVanish;
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
        return new WordPiecePrefix(maxTokens, wordLimit, marksVanish);
    }

    @Override
    public Cut cut(String text, int attempt) {
        if (text.length() <= SHORT_TEXT_CHARACTERS_PER_TOKEN * maxTokens) {
            return new Cut(text, true, 0);
        }
        long enoughTokens = (long) (maxTokens + SURPLUS_TOKENS) << Math.min(2 * attempt, 31);
        Compaction compaction = new Compaction();
        for (int index = 0; index < text.length(); ) {
            int character = text.codePointAt(index);
            Kind kind = kindOf(character);
            if (compaction.tokens >= enoughTokens && compaction.isAtStartOfWord(kind)) {
                return new Cut(compaction.kept.toString(), false, 1);
            }
            compaction.add(character, kind);
            index += Character.charCount(character);
        }
        return new Cut(compaction.kept.toString(), true, 0);
    }

    /** The characters of a text that make a difference, as far as it has been read. */
    private final class Compaction {
        final StringBuilder kept = new StringBuilder();
        /** Tokens that they give at least, look-alikes of special tokens aside. */
        long tokens;

        private boolean afterBlank;
        private int wordLength;
        private int vanishing;

        boolean isAtStartOfWord(Kind kind) {
            return kind == Kind.BLANK || kind == Kind.BOUNDARY || kind == Kind.WORD && wordLength == 0;
        }

        void add(int character, Kind kind) {
            if (makesDifference(kind)) {
                kept.appendCodePoint(character);
            }
            switch (kind) {
                case BLANK -> wordLength = 0;
                case BOUNDARY -> {
                    wordLength = 0;
                    tokens++;
                }
                case WORD -> tokens += wordLength++ == 0 ? 1 : 0;
                case VANISHING -> vanishing++;
            }
            if (kind != Kind.VANISHING) {
                vanishing = 0;
                afterBlank = kind == Kind.BLANK;
            }
        }

        private boolean makesDifference(Kind kind) {
            return switch (kind) {
                case BLANK -> !afterBlank;
                case BOUNDARY -> true;
                // Twice the limit, so that the word stays unknown however it is counted.
                case WORD -> wordLength <= 2 * wordLimit;
                case VANISHING -> vanishing < KEPT_OF_VANISHING_RUN;
            };
        }
    }

    private Kind kindOf(int character) {
        if (character == '\t' || character == '\n' || character == '\r') {
            return Kind.BLANK;
        }
        if (character < 128 && isAsciiPunctuation((char) character) || isIdeograph(character)) {
            return Kind.BOUNDARY;
        }
        return switch (Character.getType(character)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> Kind.BLANK;
            case Character.CONTROL, Character.FORMAT -> Kind.VANISHING;
            case Character.OTHER_SYMBOL -> character == 0xFFFD ? Kind.VANISHING : Kind.WORD;
            case Character.NON_SPACING_MARK -> marksVanish ? Kind.VANISHING : Kind.WORD;
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER,
                    Character.COMBINING_SPACING_MARK,
                    Character.MATH_SYMBOL,
                    Character.CURRENCY_SYMBOL,
                    Character.MODIFIER_SYMBOL -> Kind.WORD;
            default -> Kind.BOUNDARY;
        };
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
                || character >= 0x20000 && character <= 0x2CEAF
                || character >= 0xF900 && character <= 0xFAFF
                || character >= 0x2F800 && character <= 0x2FA1F;
    }
}
