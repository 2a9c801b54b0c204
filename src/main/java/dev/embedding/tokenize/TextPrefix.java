package dev.embedding.tokenize;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The part of a long text that decides its first tokens, or, for models that keep the end, its last ones. Tokenizing a
 * megabyte takes up to seconds, while a model takes a few hundred tokens of it.
 */
sealed interface TextPrefix permits TextPrefix.Whitespace, TextPrefix.LastWords, WordPiecePrefix {

    /**
     * Cuts a text; later attempts keep more, and end with the whole text.
     *
     * @param attempt how many shorter cuts gave too few tokens, from 0
     */
    Cut cut(String text, int attempt);

    /**
     * @param text tokenizes to the same first, or last, tokens as the whole text
     * @param complete whether it stands for the whole text
     * @param surplusTokens if not complete: how many more tokens than the model takes it must give to be good enough
     */
    record Cut(String text, boolean complete, int surplusTokens) {}

    /** The way to cut that fits a {@code tokenizer.json}. */
    static TextPrefix forTokenizer(JsonNode definition, int maxTokens) {
        boolean cuts = maxTokens < Integer.MAX_VALUE;
        return cuts && WordPiecePrefix.fits(definition)
                ? WordPiecePrefix.of(definition, maxTokens)
                : new Whitespace(maxTokens);
    }

    /**
     * For any tokenizer: cuts before a blank that follows something else, where every pre-tokenizer splits. (Not before a
     * line break, which some take together with the punctuation before it, nor a control character, which some drop.)
     * Where there is no such blank, it cuts before anything but a combining mark, whose whole run a normalizer may sort,
     * and asks for a margin of tokens, because the last ones before such a cut may differ.
     */
    record Whitespace(int maxTokens) implements TextPrefix {

        private static final int CHARACTERS_PER_TOKEN = 8;
        private static final int MARGIN_WITHOUT_WHITESPACE = 64;

        @Override
        public Cut cut(String text, int attempt) {
            long length = (long) maxTokens * CHARACTERS_PER_TOKEN << Math.min(2 * attempt, 31);
            if (length >= text.length()) {
                return new Cut(text, true, 0);
            }
            int limit = (int) length;
            for (int end = limit; end > limit / 2; end--) {
                if (text.charAt(end) == ' ' && !isWhitespace(text.charAt(end - 1))) {
                    return new Cut(text.substring(0, end), false, 1);
                }
            }
            for (int end = limit; end > limit / 2; end--) {
                if (!Character.isLowSurrogate(text.charAt(end)) && !isMark(text.codePointAt(end))) {
                    return new Cut(text.substring(0, end), false, MARGIN_WITHOUT_WHITESPACE);
                }
            }
            return cut(text, attempt + 1);
        }

        private static boolean isMark(int character) {
            return switch (Character.getType(character)) {
                case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK -> true;
                default -> false;
            };
        }
    }

    /**
     * For any tokenizer of a model that keeps the end: cuts as {@link Whitespace} does, and begins with the blank. It asks
     * for a margin of tokens, because the first ones may differ where a normalizer strips that blank. A text without such
     * blanks stays whole: what its last tokens are depends on where its words begin.
     */
    record LastWords(int maxTokens) implements TextPrefix {

        private static final int CHARACTERS_PER_TOKEN = 8;
        private static final int MARGIN = 64;

        @Override
        public Cut cut(String text, int attempt) {
            long length = ((long) maxTokens + MARGIN) * CHARACTERS_PER_TOKEN << Math.min(2 * attempt, 28);
            if (length >= text.length()) {
                return new Cut(text, true, 0);
            }
            int limit = text.length() - (int) length;
            for (int start = limit; start > Math.max(0, limit - length); start--) {
                if (text.charAt(start) == ' ' && !isWhitespace(text.charAt(start - 1))) {
                    return new Cut(text.substring(start), false, MARGIN);
                }
            }
            return cut(text, attempt + 1);
        }
    }

    private static boolean isWhitespace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character);
    }
}
