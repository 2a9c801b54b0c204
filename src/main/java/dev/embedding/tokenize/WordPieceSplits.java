package dev.embedding.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.tokenize.WordPieceCharacters.Kind;
import java.util.HashSet;
import java.util.Set;

/**
 * Split rule for BERT's own chain: BertNormalizer, BertPreTokenizer, WordPiece. Texts are split at blanks, punctuation
 * and ideographs, but not inside what may be an added token, as {@code [CLS]}.
 *
 * <p>With that chain, characters can be skipped without changing a token: of several blanks one counts, control
 * characters and (where accents are stripped) combining marks vanish, and a word of more than
 * {@code max_input_chars_per_word} characters is unknown as a whole, however much longer it is. What remains grows with
 * the number of tokens only, also for a megabyte without a single blank. A character that {@link WordPieceCharacters}
 * is not sure about is kept, and may be part of the word beside it.
 */
final class WordPieceSplits implements SplitRule {

    private static final int KEPT_OF_VANISHING_RUN = 4;

    private final WordPieceCharacters characters;
    private final int wordLimit;
    /** Pairs of characters that stand beside each other in an added token. */
    private final Set<String> joined;

    private WordPieceSplits(WordPieceCharacters characters, int wordLimit, Set<String> joined) {
        this.characters = characters;
        this.wordLimit = wordLimit;
        this.joined = joined;
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
                    || !WordPieceCharacters.isAsciiPunctuation(content.charAt(0))
                    || !content.chars().allMatch(character -> character > ' ' && character < 0x7F)
                    || added.path("normalized").asBoolean()
                    || added.path("single_word").asBoolean()) {
                return false;
            }
        }
        return true;
    }

    static WordPieceSplits of(JsonNode definition) {
        JsonNode normalizer = definition.path("normalizer");
        JsonNode stripAccents = normalizer.path("strip_accents");
        boolean marksVanish = stripAccents.isBoolean()
                ? stripAccents.asBoolean()
                : normalizer.path("lowercase").asBoolean();
        Set<String> joined = new HashSet<>();
        for (JsonNode added : definition.path("added_tokens")) {
            String content = added.path("content").asText();
            for (int index = 1; index < content.length(); index++) {
                joined.add(content.substring(index - 1, index + 1));
            }
        }
        return new WordPieceSplits(
                new WordPieceCharacters(marksVanish),
                definition.path("model").path("max_input_chars_per_word").asInt(100),
                joined);
    }

    @Override
    public Scan scan() {
        return new WordPieceScan();
    }

    private boolean isInsideAddedToken(int before, int behind) {
        return before > ' '
                && before < 0x7F
                && behind > ' '
                && behind < 0x7F
                && joined.contains("" + (char) before + (char) behind);
    }

    private final class WordPieceScan implements Scan {

        private int previousCharacter;
        /** The latest character if it was skipped: repetitions of it are skipped, too. */
        private int leftOut = -1;

        private Kind previous = Kind.BOUNDARY;
        private boolean insideWord;
        private int wordLength;
        private int vanishing;
        private int place;
        private int tokensBefore;
        private int tokens;

        @Override
        public boolean accept(int character) {
            if (character == leftOut) {
                return false;
            }
            Kind kind = characters.kindOf(character);
            boolean separates = kind == Kind.BLANK || kind == Kind.BOUNDARY;
            place = (separates || !insideWord && kind != Kind.VANISHING)
                            && !isInsideAddedToken(previousCharacter, character)
                    ? 0
                    : NONE;
            tokensBefore = tokens;
            boolean keep =
                    switch (kind) {
                        case BLANK -> previous != Kind.BLANK;
                        case BOUNDARY, UNSURE -> true;
                        // Twice the limit, so that the word stays unknown however it is counted.
                        case WORD -> wordLength <= 2 * wordLimit;
                        case VANISHING -> vanishing < KEPT_OF_VANISHING_RUN;
                    };
            count(kind, keep);
            if (kind != Kind.VANISHING) {
                insideWord = !separates;
                previous = kind;
            }
            previousCharacter = character;
            leftOut = keep ? -1 : character;
            return keep;
        }

        private void count(Kind kind, boolean kept) {
            switch (kind) {
                case BLANK, UNSURE -> wordLength = 0;
                case BOUNDARY -> {
                    wordLength = 0;
                    tokens++;
                }
                case WORD -> {
                    wordLength++;
                    tokens += insideWord ? 0 : 1;
                }
                case VANISHING -> vanishing++;
            }
            if (kind != Kind.VANISHING && kept) {
                vanishing = 0;
            }
        }

        @Override
        public int place() {
            return place;
        }

        @Override
        public int tokens() {
            return tokensBefore;
        }
    }
}
