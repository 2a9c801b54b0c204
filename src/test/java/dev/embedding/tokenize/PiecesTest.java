package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.Utf8Text;
import dev.embedding.tokenize.Pieces.Piece;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PiecesTest {

    private static final int MAX = TextEncoder.MAX_CHARACTERS;
    private static final WordSplits WORDS = new WordSplits(CollapsedRuns.NONE, new BitSet());

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1_000, 100_000})
    void areTheWholeText(int tokens) {
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random).ofLength(20_000) + " word".repeat(random.nextInt(20_000));

            List<Piece> forward = all(forward(text), tokens);
            List<Piece> backward = all(backward(text, Integer.MAX_VALUE), tokens);
            Collections.reverse(backward);

            assertThat(joined(forward).equals(text)).isTrue();
            assertThat(joined(backward).equals(text)).isTrue();
        }
    }

    @Test
    void haveAboutTheRequestedTokens() {
        String text = "word ".repeat(10_000);

        assertThat(next(forward(text), 100)).hasSizeBetween(495, 510);
        assertThat(next(backward(text, Integer.MAX_VALUE), 100)).hasSizeBetween(500, 5_000);
    }

    @Test
    void reportWhetherTheyBeginAtAPlaceToSplit() {
        assertThat(all(forward("some words"), 1)).containsExactly(new Piece("some", false), new Piece(" words", true));
        assertThat(backward("x".repeat(10_000) + " word", 100_000).next(1)).isEqualTo(new Piece(" word", true));
    }

    @Test
    void areNeverLongerThanOneCallOfTheLibrary() {
        String text = "x".repeat(200_000) + " word ".repeat(30_000) + "y".repeat(200_000);

        assertThat(all(forward(text), 1_000_000))
                .extracting(piece -> piece.text().length())
                .allMatch(length -> length <= MAX);
        assertThat(all(backward(text, Integer.MAX_VALUE), 1_000_000))
                .extracting(piece -> piece.text().length())
                .allMatch(length -> length <= MAX);
    }

    @Test
    void splitALongRunNeitherInsideACharacterNorBesideAMark() {
        String emojis = "x" + "\uD83D\uDE00".repeat(MAX);
        String accents = "xe\u0301\u0323".repeat(MAX / 2);

        requireSame(forward(emojis).next(1), "x" + "\uD83D\uDE00".repeat(MAX / 2 - 1));
        requireSame(forward("y" + accents).next(1), "y" + "xe\u0301\u0323".repeat(MAX / 4 - 1) + "x");
        requireSame(backward(emojis + "x", MAX * 2).next(1), "\uD83D\uDE00".repeat(MAX / 2 - 1) + "x");
        requireSame(backward(accents + "xyz", MAX * 2).next(1), "xe\u0301\u0323".repeat(MAX / 4 - 1) + "xyz");
    }

    @Test
    void keepARunThatIsJustShortEnoughWhole() {
        String run = " " + "x".repeat(MAX - 1);

        Pieces forward = new ForwardPieces(Utf8Text.of("word" + run + " word"), WORDS, 10 * MAX);
        Pieces backward = backward("word" + run + " word", 10 * MAX);

        requireSame(forward.next(1), "word");
        requireSame(forward.next(1), run);
        requireSame(forward.next(1), " word");
        requireSame(backward.next(1), " word");
        requireSame(backward.next(1), run);
        requireSame(backward.next(1), "word");
    }

    @Test
    void continueAfterALongRunOfMarksOnly() {
        String marks = "\u0301".repeat(3 * MAX);

        assertThat(all(forward(marks), 1))
                .extracting(piece -> piece.text().length())
                .containsExactly(MAX, MAX, MAX);
        assertThat(next(backward(marks, 4 * MAX), 1)).hasSize(MAX);
    }

    @Test
    void endWithTheFirstPartOfALongRunWhereCharactersAreLimited() {
        String text = "some words " + "x".repeat(2 * MAX) + " and more";
        Pieces forward = new ForwardPieces(Utf8Text.of(text), WORDS, 10 * MAX);
        Pieces backward = backward(text, 10 * MAX);

        requireSame(forward.next(1), "some");
        requireSame(forward.next(1), " words");
        requireSame(forward.next(1), " " + "x".repeat(MAX - 1));
        assertThat(forward.next(1)).isNull();
        assertThat(forward.leftSomeOut()).isTrue();
        requireSame(backward.next(1), " and more");
        requireSame(backward.next(1), "x".repeat(MAX));
        assertThat(backward.next(1)).isNull();
        assertThat(backward.leftSomeOut()).isTrue();
    }

    @Test
    void endAtTheLimitOfCharacters() {
        String text = "word ".repeat(1_000);
        Pieces forward = new ForwardPieces(Utf8Text.of(text), WORDS, 3_000);
        Pieces backward = backward(text, 3_000);

        assertThat(joined(all(forward, 10))).isEqualTo(text.substring(0, 3_000));
        List<Piece> fromEnd = all(backward, 10);
        Collections.reverse(fromEnd);
        assertThat(joined(fromEnd)).isEqualTo(text.substring(2_000));
        assertThat(forward.leftSomeOut()).isTrue();
        assertThat(backward.leftSomeOut()).isTrue();
    }

    @Test
    void readAllOfATextThatEndsAtTheLimit() {
        String text = "word ".repeat(1_000);
        Pieces forward = new ForwardPieces(Utf8Text.of(text), WORDS, text.length());
        Pieces backward = backward(text, text.length());

        assertThat(joined(all(forward, 10))).isEqualTo(text);
        assertThat(all(backward, 10)).isNotEmpty();
        assertThat(forward.leftSomeOut()).isFalse();
        assertThat(backward.leftSomeOut()).isFalse();
    }

    @Test
    void haveReplacementCharactersForLoneSurrogates() {
        assertThat(joined(all(forward("a\uD83D b"), 1))).isEqualTo("a\uFFFD b");
        assertThat(joined(all(backward("a\uDE00 b", 10), 1))).isEqualTo("a\uFFFD b");
    }

    /** Compares without printing texts that differ. */
    private static void requireSame(@Nullable Piece piece, String text) {
        String read = Objects.requireNonNull(piece).text();
        assertThat(read.length()).isEqualTo(text.length());
        assertThat(read.equals(text)).isTrue();
    }

    private static String next(Pieces pieces, int tokens) {
        return Objects.requireNonNull(pieces.next(tokens)).text();
    }

    private static Pieces forward(String text) {
        return new ForwardPieces(Utf8Text.of(text), WORDS, Integer.MAX_VALUE);
    }

    private static Pieces backward(String text, int maxCharacters) {
        return new BackwardPieces(Utf8Text.of(text), WORDS, maxCharacters);
    }

    private static List<Piece> all(Pieces pieces, int tokens) {
        List<Piece> all = new ArrayList<>();
        for (Piece piece = pieces.next(tokens); piece != null; piece = pieces.next(tokens)) {
            all.add(piece);
        }
        return all;
    }

    private static String joined(List<Piece> pieces) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text()));
        return text.toString();
    }
}
