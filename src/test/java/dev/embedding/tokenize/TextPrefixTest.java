package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.ReferenceModel;
import dev.embedding.tokenize.TextPrefix.Cut;
import dev.embedding.tokenize.TextPrefix.LastWords;
import dev.embedding.tokenize.TextPrefix.Whitespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextPrefixTest {

    private static final int MEGABYTE = 1_000_000;

    /** Cuts after 32 characters at first. */
    private final Whitespace prefix = new Whitespace(4);

    @Test
    void knowsBertsTokenizers() throws IOException {
        TextPrefix chosen = TextPrefix.forTokenizer(
                TokenizerDefinition.read(ReferenceModel.of("distilbert-mean").tokenizer())
                        .root(),
                64);

        assertThat(chosen).isInstanceOf(WordPiecePrefix.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta-mean-bpe", "xlmr-mean-prompts", "modernbert-rope-mean", "decoder-lasttoken"})
    void cutsAtWhiteSpaceForAllOthers(String model) throws IOException {
        TextPrefix chosen = TextPrefix.forTokenizer(
                TokenizerDefinition.read(ReferenceModel.of(model).tokenizer()).root(), 64);

        assertThat(chosen).isEqualTo(new Whitespace(64));
    }

    @Test
    void keepsTheLastWordsFromABlankOn() {
        String words = "word ".repeat(MEGABYTE / 5);

        Cut cut = new LastWords(4).cut(words, 0);
        Cut more = new LastWords(4).cut(words, 1);

        assertThat(words).endsWith(cut.text()).endsWith(more.text());
        assertThat(cut.text()).startsWith(" word").hasSizeBetween(500, 1_000);
        assertThat(more.text()).startsWith(" word").hasSizeBetween(2_000, 4_000);
        assertThat(cut.complete()).isFalse();
        assertThat(new LastWords(4).cut("x".repeat(MEGABYTE), 0)).isEqualTo(new Cut("x".repeat(MEGABYTE), true, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "distilbert-mean",
                "roberta-mean-bpe",
                "xlmr-mean-prompts",
                "t5-sentence-t5",
                "modernbert-rope-mean",
                "qwen3-lasttoken",
                "gemma3-embeddinggemma"
            })
    void givesTheLastTokensOfTheWholeText(String model) throws IOException {
        Path file = ReferenceModel.of(model).tokenizer();
        Random random = new Random(20);
        String letters = "abcdefgXYZ.,  \n\u00e9\u4e2d\u0301";
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < 60_000; index++) {
            text.append(index % 9 == 0 ? ' ' : letters.charAt(random.nextInt(letters.length())));
        }

        try (TextTokenizer end = new TextTokenizer(file, new TokenizerOptions(true, 64, true, false, Map.of()));
                TextTokenizer whole =
                        new TextTokenizer(file, new TokenizerOptions(true, 1_000_000, true, false, Map.of()))) {
            int[] ids = end.tokenize(text.toString()).ids();
            int[] all = whole.tokenize(text.toString()).ids();

            assertThat(ids).hasSize(64);
            // The first few may be special ones, which stay.
            assertThat(Arrays.copyOfRange(ids, 4, 64)).isEqualTo(Arrays.copyOfRange(all, all.length - 60, all.length));
        }
    }

    @Test
    void leavesShortTextsAsTheyAre() {
        Cut cut = prefix.cut("x".repeat(32), 0);

        assertThat(cut).isEqualTo(new Cut("x".repeat(32), true, 0));
    }

    @Test
    void cutsBeforeTheLastBlank() {
        Cut cut = prefix.cut("some words and some more words and so on", 0);

        assertThat(cut).isEqualTo(new Cut("some words and some more words", false, 1));
    }

    @Test
    void cutsBeforeTheFirstOfSeveralBlanks() {
        Cut cut = prefix.cut("some words and some more    words and so on", 0);

        assertThat(cut.text()).isEqualTo("some words and some more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\u001C", "\u00A0"})
    void cutsBeforeNothingThatATokenizerMayTakeIntoAPiece(String notABlank) {
        Cut cut = prefix.cut("x".repeat(20) + notABlank + "x".repeat(20), 0);

        assertThat(cut).isEqualTo(new Cut("x".repeat(20) + notABlank + "x".repeat(11), false, 64));
    }

    @Test
    void cutsAnywhereWithoutBlanksAndAsksForAMargin() {
        Cut cut = prefix.cut("x".repeat(40), 0);

        assertThat(cut).isEqualTo(new Cut("x".repeat(32), false, 64));
    }

    @Test
    void neverCutsThroughACharacter() {
        Cut cut = prefix.cut("x" + "😀".repeat(40), 0);

        assertThat(cut.text()).isEqualTo("x" + "😀".repeat(15));
    }

    @Test
    void neverCutsThroughARunOfMarks() {
        Cut cut = prefix.cut("x".repeat(20) + "\u0301".repeat(20) + "x", 0);

        assertThat(cut.text()).isEqualTo("x".repeat(19));
    }

    @Test
    void takesMoreWhereThereAreOnlyMarks() {
        Cut cut = prefix.cut("\u0301".repeat(100) + "x".repeat(100), 0);

        assertThat(cut.text()).isEqualTo("\u0301".repeat(100) + "x".repeat(28));
    }

    @Test
    void takesFourTimesAsMuchWithEachAttempt() {
        String text = "x".repeat(1_000);

        assertThat(prefix.cut(text, 1).text()).hasSize(128);
        assertThat(prefix.cut(text, 2).text()).hasSize(512);
        assertThat(prefix.cut(text, 3)).isEqualTo(new Cut(text, true, 0));
        assertThat(prefix.cut(text, 1_000)).isEqualTo(new Cut(text, true, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "word ", " ", "\n", "中", "\0", "😀", "한", "e\u0301", "\u200B", "\uE000", "\u0378"})
    void keepsLittleOfAMegabyteOfAnything(String unit) {
        Cut cut = new Whitespace(512).cut(unit.repeat(MEGABYTE / unit.length()), 0);

        assertThat(cut.text().length()).isLessThanOrEqualTo(8 * 512);
    }
}
