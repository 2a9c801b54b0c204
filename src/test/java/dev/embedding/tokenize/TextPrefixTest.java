package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.ReferenceModel;
import dev.embedding.tokenize.TextPrefix.Cut;
import dev.embedding.tokenize.TextPrefix.Whitespace;
import java.io.IOException;
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
