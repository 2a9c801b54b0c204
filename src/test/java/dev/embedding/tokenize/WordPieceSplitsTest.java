package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.embedding.fixture.ReferenceModel;
import dev.embedding.support.Utf8Text;
import dev.embedding.tokenize.WordPieceCharacters.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordPieceSplitsTest {

    private static final int MAX_TOKENS = 16;
    private static final int MEGABYTE = 1_000_000;

    private final ObjectNode definition = (ObjectNode)
            ReferenceModel.json(ReferenceModel.of("bert-cls-normalize").tokenizer());

    // Which tokenizers it fits

    @Test
    void fitsBertsOwnChain() {
        assertThat(WordPieceSplits.fits(definition)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta-mean-bpe", "xlmr-mean-prompts", "modernbert-rope-mean", "decoder-lasttoken"})
    void fitsNoOtherTokenizer(String model) {
        JsonNode other = ReferenceModel.json(ReferenceModel.of(model).tokenizer());

        assertThat(WordPieceSplits.fits(other)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"clean_text", "handle_chinese_chars"})
    void fitsNoChainThatKeepsUnusualCharacters(String rule) {
        ((ObjectNode) definition.path("normalizer")).put(rule, false);

        assertThat(WordPieceSplits.fits(definition)).isFalse();
    }

    @Test
    void fitsNoChainWithAnAddedTokenThatMustBeAWord() {
        ((ArrayNode) definition.path("added_tokens"))
                .addObject()
                .put("content", "[NEW]")
                .put("single_word", true);

        assertThat(WordPieceSplits.fits(definition)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"word", "[TWO WORDS]", "[CAFÉ]", ""})
    void fitsNoChainWithAnAddedTokenThatACutMayHide(String content) {
        ((ArrayNode) definition.path("added_tokens")).addObject().put("content", content);

        assertThat(WordPieceSplits.fits(definition)).isFalse();
    }

    @Test
    void fitsNoChainWithAnAddedTokenThatIsMatchedInTheNormalizedText() {
        ((ArrayNode) definition.path("added_tokens"))
                .addObject()
                .put("content", "[NEW]")
                .put("normalized", true);

        assertThat(WordPieceSplits.fits(definition)).isFalse();
    }

    // The first tokens stay the same

    @Test
    void keepsTheTokensWhereACutBreaksALookAlikeOfASpecialToken() {
        for (int words = 0; words < 3 * MAX_TOKENS; words++) {
            requireSameTokens("[CLS] " + "a ".repeat(words) + "[MASK]" + " b".repeat(200));
            requireSameTokens("a ".repeat(words) + "[SEP]".repeat(100));
        }
    }

    @Test
    void keepsTheTokensOfWordsOfMarksUnknownToTheLibrary() {
        requireSameTokens("\u1ABF ".repeat(5) + "the ".repeat(200));
        requireSameTokens("\u08D4\u0D00 \u1AC0 ".repeat(5) + "the ".repeat(200));
    }

    @Test
    void keepsTheTokensOfSymbolsThatArePunctuationUnderTheirAccent() {
        requireSameTokens("a≠b≮c≯".repeat(1_000));
        requireSameTokens("a\u1FEF".repeat(3_000));
    }

    @Test
    void keepsTheTokensOfSymbolsThatWerePunctuationOnce() {
        requireSameTokens("a\u166D".repeat(3_000));
    }

    @Test
    void keepsTheTokensOfIdeographsThatTheLibraryTreatsAsLetters() {
        for (int words = 0; words < MAX_TOKENS; words++) {
            for (int letters = 1; letters < MAX_TOKENS; letters++) {
                requireSameTokens("a ".repeat(words) + "\uD86E\uDC20".repeat(letters) + " zqxjkvwpfghzqxjk\uD86E\uDC20"
                        + " the".repeat(50));
            }
        }
    }

    @Test
    void keepsTheTokensOfWordsBeyondTheLengthLimit() {
        for (int length = 95; length < 230; length++) {
            requireSameTokens(("x".repeat(length) + " ").repeat(8));
            requireSameTokens(("\u0308x".repeat(length) + ". ").repeat(8));
        }
    }

    @Test
    void keepsBlanksAndMarksApart() {
        requireSameTokens("a \u200B b\u200B c ".repeat(60));
        requireSameTokens("\u200B".repeat(200) + " \u0301 [C\u200BLS] [CL" + "\u200B".repeat(9) + "S] the".repeat(40));
    }

    private static void requireSameTokens(String text) {
        assertThat(text.length()).isGreaterThan(8 * MAX_TOKENS);
        for (BothTokenizers both : TOKENIZERS) {
            assertThat(both.ours().tokenize(text).ids())
                    .as(text)
                    .isEqualTo(both.library().ids(text));
        }
    }

    private record BothTokenizers(TextTokenizer ours, FullTokenizer library) {
        static BothTokenizers of(int maxTokens) throws IOException {
            return new BothTokenizers(
                    new TextTokenizer(TextTokenizerTest.BGE_SMALL, TokenizerOptions.upTo(maxTokens)),
                    new FullTokenizer(TextTokenizerTest.BGE_SMALL, maxTokens));
        }

        void close() {
            ours.close();
            library.close();
        }
    }

    private static final List<BothTokenizers> TOKENIZERS = new ArrayList<>();

    @BeforeAll
    static void load() throws IOException {
        TOKENIZERS.add(BothTokenizers.of(MAX_TOKENS));
        TOKENIZERS.add(BothTokenizers.of(MAX_TOKENS - 1));
        TOKENIZERS.add(BothTokenizers.of(512));
    }

    @AfterAll
    static void close() {
        TOKENIZERS.forEach(BothTokenizers::close);
        TOKENIZERS.clear();
    }

    // What it takes characters for

    @Test
    void classifiesEachCharacterAsTheLibraryDoesOrIsUnsure() throws IOException {
        WordPieceCharacters characters = new WordPieceCharacters(true);
        List<String> wrong = new ArrayList<>();
        try (LibraryKinds library = new LibraryKinds()) {
            int[] probes = probes();
            for (int from = 0; from < probes.length; from += LibraryKinds.AT_ONCE) {
                int count = Math.min(LibraryKinds.AT_ONCE, probes.length - from);
                List<Kind> kinds = library.of(probes, from, count);
                for (int index = 0; index < count; index++) {
                    int character = probes[from + index];
                    Kind ours = characters.kindOf(character);
                    if (ours != Kind.UNSURE && ours != kinds.get(index)) {
                        wrong.add("U+%04X is %s, not %s".formatted(character, kinds.get(index), ours));
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    /** All punctuation, symbols, marks, blanks and controls, and a sample of letters and of what is not assigned. */
    private static int[] probes() {
        return IntStream.rangeClosed(1, Character.MAX_CODE_POINT)
                .filter(character -> switch (Character.getType(character)) {
                    case Character.SURROGATE -> false;
                    case Character.UNASSIGNED,
                            Character.PRIVATE_USE,
                            Character.OTHER_LETTER,
                            Character.LOWERCASE_LETTER,
                            Character.UPPERCASE_LETTER -> character % 97 == 0 || character < 0x250;
                    default -> true;
                })
                .toArray();
    }

    /** Finds how the library classifies characters, from the tokens of an x before and a y after each. */
    private static final class LibraryKinds implements AutoCloseable {
        static final int AT_ONCE = 200;
        private static final String BETWEEN = " the ";

        private final HuggingFaceTokenizer tokenizer;
        private final long idBetween;
        private final List<Long> idsOfNothing;

        LibraryKinds() throws IOException {
            TokenizerLibrary.load();
            try (InputStream json = Files.newInputStream(TextTokenizerTest.BGE_SMALL)) {
                tokenizer = HuggingFaceTokenizer.newInstance(
                        json, Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
            }
            idBetween = tokenizer.encode(BETWEEN).getIds()[0];
            idsOfNothing =
                    Arrays.stream(tokenizer.encode("xy").getIds()).boxed().toList();
        }

        List<Kind> of(int[] characters, int from, int count) {
            StringBuilder text = new StringBuilder();
            for (int index = from; index < from + count; index++) {
                text.append('x').appendCodePoint(characters[index]).append('y').append(BETWEEN);
            }
            Encoding encoding = tokenizer.encode(text.toString());
            List<Kind> kinds = new ArrayList<>();
            List<Long> ids = new ArrayList<>();
            Set<Long> words = new LinkedHashSet<>();
            for (int token = 0; token < encoding.getIds().length; token++) {
                if (encoding.getIds()[token] == idBetween) {
                    kinds.add(kind(ids, words));
                    ids.clear();
                    words.clear();
                } else {
                    ids.add(encoding.getIds()[token]);
                    words.add(encoding.getWordIds()[token]);
                }
            }
            return kinds;
        }

        private Kind kind(List<Long> ids, Set<Long> words) {
            if (ids.equals(idsOfNothing)) {
                return Kind.VANISHING;
            }
            return switch (words.size()) {
                case 1 -> Kind.WORD;
                case 2 -> Kind.BLANK;
                default -> Kind.BOUNDARY;
            };
        }

        @Override
        public void close() {
            tokenizer.close();
        }
    }

    // Bounded work

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "ab ",
                "word. ",
                " ",
                "\n",
                "\t ",
                ".",
                "—",
                "。",
                "中",
                "\uD840\uDC00",
                "\0",
                "\u001C",
                "\uFFFD",
                "\u0301",
                "e\u0301",
                "\u200B",
                "\uFEFF ",
                "\u00AD",
                "\uFE0F",
                "\u0378",
                "\uE000",
                "😀",
                "☃ ",
                "≠",
                "한",
                "\u1112\u1161",
                "א",
                "ش ",
                "ไทย",
                "[CLS]",
                "[CL",
                "[",
                "9",
                "1,",
                "İ"
            })
    void keepsLittleOfAMegabyteOfAnything(String unit) {
        WordPieceSplits rule = WordPieceSplits.of(ReferenceModel.json(TextTokenizerTest.BGE_SMALL));
        Pieces pieces = new ForwardPieces(Utf8Text.of(unit.repeat(MEGABYTE / unit.length())), rule, Integer.MAX_VALUE);

        Pieces.Piece piece = Objects.requireNonNull(pieces.next(512));

        assertThat(piece.text().length()).isLessThan(12 * 512);
    }

    @Test
    void splitsBetweenAnyTokensButNotInsideAnAddedOne() {
        WordPieceSplits rule = WordPieceSplits.of(definition);
        String text = "two words--[CLS][MASK].\u4E2D\u6587\u0301 \u200Bx[C";
        Pieces pieces = new ForwardPieces(Utf8Text.of(text), rule, Integer.MAX_VALUE);

        List<String> texts = new ArrayList<>();
        for (Pieces.Piece piece = pieces.next(0); piece != null; piece = pieces.next(0)) {
            texts.add(piece.text());
        }

        assertThat(texts)
                .containsExactly(
                        "two",
                        " ",
                        "words",
                        "-",
                        "-",
                        "[CLS]",
                        "[MASK]",
                        ".",
                        "\u4E2D",
                        "\u6587\u0301",
                        " \u200B",
                        "x",
                        "[C");
    }
}
