package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.support.Utf8Text;
import dev.embedding.tokenize.SplitMethod.Joining;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PieceTokenizerTest {

    private static final WordSplits WORDS = new WordSplits(CollapsedRuns.NONE, new BitSet());
    private static final SplitMethod JOINED = new SplitMethod(WORDS, Joining.PIECES);
    private static final SplitMethod NOT_JOINED = new SplitMethod(WORDS, Joining.NONE);

    private static final List<String> HEAVY = List.of(
            " ",
            "-",
            "x",
            "\u200B",
            "\u0001",
            "\u0301",
            "\uD83D\uDE00",
            "\u4E2D",
            "\n",
            "\r\n",
            "\u00A0",
            "\u1ABF",
            "ab ",
            "\u200B ",
            " \n\t",
            "ab- \u200B\u4E2D\n\u0301\uD83D\uDE00\u00A0 x");

    /** Encoder for which each letter is a token, and other characters give none. */
    private final CountingEncoder letters =
            new CountingEncoder(text -> text.chars().filter(Character::isLetter).toArray());

    @ParameterizedTest
    @CsvSource({
        "bert-do-lower-case, false",
        "bert-do-lower-case, true",
        "roberta-mean-bpe, false",
        "gemma3-embeddinggemma, false",
        "t5-sentence-t5, false",
        "xlmr-mean-prompts, true"
    })
    void passesLittleOfAHugeTextToTheLibrary(String model, boolean fromEnd) throws IOException {
        try (ReferenceTokenizer reference = ReferenceTokenizer.of(model)) {
            CountingEncoder encoder = new CountingEncoder(reference.library());
            PieceTokenizer tokenizer = new PieceTokenizer(encoder, reference.method(fromEnd), 512, fromEnd);
            for (String unit : HEAVY) {
                tokenizer.tokenize(Utf8Text.of(unit.repeat(200_000 / unit.length())), () -> {});

                assertThat(encoder.takeCharacters()).as(unit).isLessThanOrEqualTo(TextEncoder.MAX_CHARACTERS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-do-lower-case", "xlmr-mean-prompts"})
    void passesShortPiecesToTheLibraryWithoutAMaximum(String model) throws IOException {
        try (ReferenceTokenizer reference = ReferenceTokenizer.of(model)) {
            CountingEncoder encoder = new CountingEncoder(reference.library());
            PieceTokenizer tokenizer = new PieceTokenizer(encoder, reference.method(false), Integer.MAX_VALUE, false);
            for (String unit : List.of("-", "\u1ABF", "ab ", " \n\t")) {
                TokenizedText tokenized =
                        tokenizer.tokenize(Utf8Text.of(unit.repeat(140_000 / unit.length())), () -> {});

                assertThat(encoder.takeLongest()).as(unit).isLessThanOrEqualTo(TextEncoder.MAX_CHARACTERS);
                assertThat(tokenized.truncated()).isFalse();
            }
        }
    }

    @Test
    void skipsHundredsOfThousandsOfBlanksThatCollapse() throws IOException {
        try (ReferenceTokenizer reference = ReferenceTokenizer.of("xlmr-mean-prompts")) {
            for (boolean fromEnd : new boolean[] {false, true}) {
                CountingEncoder encoder = new CountingEncoder(reference.library());
                PieceTokenizer tokenizer = new PieceTokenizer(encoder, reference.method(fromEnd), 64, fromEnd);
                String blanks = " ".repeat(400_000);

                TokenizedText tokenized =
                        tokenizer.tokenize(Utf8Text.of(blanks + "two" + blanks + "words" + blanks), () -> {});

                assertThat(tokenized.ids()).isEqualTo(reference.library().encode("two words"));
                assertThat(tokenized.truncated()).isFalse();
                assertThat(encoder.takeCharacters()).isLessThan(50);
            }
        }
    }

    @Test
    void keepsTheBeginningOfATextThatIsTooLong() {
        TokenizedText tokenized = tokenize(JOINED, 10, false, "abcd efg ".repeat(1_000));

        assertThat(tokenized.ids()).isEqualTo("abcdefgabc".chars().toArray());
        assertThat(tokenized.truncated()).isTrue();
        assertThat(letters.takeCharacters()).isLessThan(400);
    }

    @Test
    void keepsTheEndWhenTheStartIsTruncated() {
        TokenizedText tokenized = tokenize(JOINED, 10, true, "abcd efg ".repeat(10_000));

        assertThat(tokenized.ids()).isEqualTo("efgabcdefg".chars().toArray());
        assertThat(tokenized.truncated()).isTrue();
        assertThat(letters.takeCharacters()).isLessThan(10_000);
    }

    @Test
    void distinguishesATextThatJustFitsFromOneThatDoesNot() {
        String fits = "- ".repeat(10_000) + "abcde fghij" + " -".repeat(10_000);

        assertThat(tokenize(JOINED, 10, false, fits).truncated()).isFalse();
        assertThat(tokenize(JOINED, 10, true, fits).truncated()).isFalse();
        assertThat(tokenize(JOINED, 10, false, fits + " k").truncated()).isTrue();
        assertThat(tokenize(JOINED, 10, true, "k " + fits).truncated()).isTrue();
        assertThat(tokenize(JOINED, 9, false, fits).truncated()).isTrue();
        assertThat(tokenize(JOINED, 9, true, fits).truncated()).isTrue();
    }

    @Test
    void endsInsideARunWithoutAPlaceToSplit() {
        String run = "-".repeat(100_000);

        TokenizedText start = tokenize(JOINED, 10, false, "ab " + run + "cd ef");
        TokenizedText end = tokenize(JOINED, 10, true, "ab " + run + "cd ef");

        assertThat(start.ids()).isEqualTo("ab".chars().toArray());
        assertThat(start.truncated()).isTrue();
        assertThat(end.ids()).isEqualTo("cdef".chars().toArray());
        assertThat(end.truncated()).isTrue();
    }

    @Test
    void continuesAfterSuchARunWithoutAMaximum() {
        TokenizedText tokenized = tokenize(JOINED, Integer.MAX_VALUE, false, "ab " + "-".repeat(100_000) + "cd ef");

        assertThat(tokenized.ids()).isEqualTo("abcdef".chars().toArray());
        assertThat(tokenized.truncated()).isFalse();
    }

    @Test
    void readsAMebiCharacterOfATextThatGivesNoTokens() {
        TokenizedText tokenized = tokenize(JOINED, 10, false, "- ".repeat(700_000) + "a");
        long fromStart = letters.takeCharacters();
        tokenize(JOINED, 10, true, "a" + " -".repeat(700_000));

        assertThat(tokenized.ids()).isEmpty();
        assertThat(tokenized.truncated()).isTrue();
        assertThat(fromStart).isEqualTo(PieceTokenizer.MIN_CHARACTERS);
        assertThat(letters.takeCharacters()).isEqualTo(PieceTokenizer.MIN_CHARACTERS);
    }

    @Test
    void readsMoreForAModelWithALargeMaximum() {
        TokenizedText tokenized = tokenize(JOINED, 16_384, false, "- ".repeat(700_000) + "a");

        assertThat(tokenized.ids()).isEqualTo(new int[] {'a'});
        assertThat(tokenized.truncated()).isFalse();
    }

    @Test
    void readsMoreAndMoreOfATextWhosePiecesCannotBeJoined() {
        String text = "abcd efg ".repeat(3_000);

        assertThat(tokenize(NOT_JOINED, 10, false, text).ids())
                .isEqualTo("abcdefgabc".chars().toArray());
        assertThat(letters.takeLongest()).isLessThan(500);
        assertThat(tokenize(NOT_JOINED, 10, true, text).ids())
                .isEqualTo("efgabcdefg".chars().toArray());
        assertThat(letters.takeLongest()).isLessThan(5_000);
        assertThat(tokenize(NOT_JOINED, 12_000, false, text).ids()).hasSize(12_000);
    }

    @Test
    void readsNoMoreThanOneCallsCharactersWherePiecesCannotBeJoined() {
        String text = "- ".repeat(60_000);

        TokenizedText start = tokenize(NOT_JOINED, 10, false, "ab " + text + "cd");
        TokenizedText end = tokenize(NOT_JOINED, 10, true, "ab " + text + "cd");

        assertThat(start.ids()).isEqualTo("ab".chars().toArray());
        assertThat(end.ids()).isEqualTo("cd".chars().toArray());
        assertThat(start.truncated()).isTrue();
        assertThat(end.truncated()).isTrue();
        assertThat(letters.takeLongest()).isEqualTo(TextEncoder.MAX_CHARACTERS);
    }

    @Test
    void stopsWhereItsCheckpointThrows() {
        List<String> pieces = new ArrayList<>();
        PieceTokenizer tokenizer = new PieceTokenizer(letters, JOINED, Integer.MAX_VALUE, false);
        Utf8Text text = Utf8Text.of("some words ".repeat(100_000));

        assertThatThrownBy(() -> tokenizer.tokenize(text, () -> {
                    pieces.add("piece");
                    if (pieces.size() == 3) {
                        throw new CancellationException();
                    }
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(letters.takeCharacters()).isBetween(1_000L, 100_000L);
    }

    private TokenizedText tokenize(SplitMethod method, int maxTokens, boolean fromEnd, String text) {
        return new PieceTokenizer(letters, method, maxTokens, fromEnd).tokenize(Utf8Text.of(text), () -> {});
    }

    private static final class CountingEncoder implements TextEncoder {
        private final TextEncoder encoder;
        private long characters;
        private int longest;

        CountingEncoder(TextEncoder encoder) {
            this.encoder = encoder;
        }

        @Override
        public int[] encode(String text) {
            characters += text.length();
            longest = Math.max(longest, text.length());
            return encoder.encode(text);
        }

        /** Since the last time. */
        long takeCharacters() {
            long taken = characters;
            characters = 0;
            return taken;
        }

        /** Since the last time. */
        int takeLongest() {
            int taken = longest;
            longest = 0;
            return taken;
        }
    }
}
