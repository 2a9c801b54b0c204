package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.Utf8Text;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordSplitsTest {

    private final WordSplits anywhere = new WordSplits(CollapsedRuns.NONE, new BitSet());

    @Test
    void splitsBeforeTheBlankBetweenTwoWords() {
        assertThat(pieces("two words", anywhere)).containsExactly("two", " words");
        assertThat(pieces("end. \u201CBegin\u201D", anywhere)).containsExactly("end.", " \u201CBegin\u201D");
        assertThat(pieces("\uD83D\uDE00 \u4E2D", anywhere)).containsExactly("\uD83D\uDE00", " \u4E2D");
    }

    @Test
    void splitsAfterAWordThatEndsWithMarks() {
        assertThat(pieces("cafe\u0301\u0323 noir", anywhere)).containsExactly("cafe\u0301\u0323", " noir");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a  b",
                "a\nb",
                "a\n b",
                "a \nb",
                "a\u00A0b",
                "a\u00A0 b",
                "a\u0085 b",
                "a\u001C b",
                "a\u200B b",
                "a \u200Bb",
                "a \u0301b",
                "\u0301 b",
                "a\u2581 b",
                "a \uFFFD",
                "a\u00B4 b",
                "a \u203Eb",
                "a\u0378 b",
                "a\uE000 b",
                " b",
                "a "
            })
    void splitsNowhereElse(String text) {
        assertThat(pieces(text, anywhere)).containsExactly(text);
    }

    @Test
    void doesNotSplitBesideAvoidedCharacters() {
        BitSet avoided = new BitSet();
        avoided.set('>');
        avoided.set('x');
        WordSplits away = new WordSplits(CollapsedRuns.NONE, avoided);

        assertThat(pieces("a> b c Xd", away)).containsExactly("a> b", " c Xd");
    }

    @Test
    void shortensRunsThatTheTokenizerDoesNotDistinguish() {
        // Takes any number of blanks for one.
        CollapsedRuns runs =
                CollapsedRuns.of(text -> text.replaceAll(" +", " ").chars().toArray());
        WordSplits shortening = new WordSplits(runs, new BitSet());

        assertThat(String.join("", pieces("a" + " ".repeat(1_000) + "b\n\n\n\n\n\n\n\n\n\n", shortening)))
                .isEqualTo("a" + " ".repeat(8) + "b\n\n\n\n\n\n\n\n\n\n");
    }

    private static List<String> pieces(String text, SplitRule rule) {
        Pieces pieces = new ForwardPieces(Utf8Text.of(text), rule, Integer.MAX_VALUE);
        List<String> texts = new ArrayList<>();
        for (Pieces.Piece piece = pieces.next(0); piece != null; piece = pieces.next(0)) {
            texts.add(piece.text());
        }
        return texts;
    }
}
