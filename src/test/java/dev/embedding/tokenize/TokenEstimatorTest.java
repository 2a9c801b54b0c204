package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.Utf8Text;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEstimatorTest {

    private final TokenEstimator estimator = new TokenEstimator(2, 512);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                          | 2
            the quick brown fox                         | 6
            internationalisation, and more!             | 10
            東京都に住んでいます                            | 12
            한국어 문장                                   | 7
            Привет, мир                                 | 8
            Zürich ist schön                            | 5
            😀😀                                         | 4
            """)
    void countsWordsSyllablesAndLettersByTheirKind(String text, long tokens) {
        assertThat(estimator.estimate("", texts(text))).isBetween(tokens, tokens + 1);
    }

    @Test
    void countsThePromptWithEachText() {
        long without = estimator.estimate("", texts("one", "two"));

        assertThat(estimator.estimate("query: ", texts("one", "two"))).isEqualTo(without + 4);
    }

    @Test
    void neverEstimatesMoreThanTheMaximum() {
        assertThat(estimator.estimate("", texts("word ".repeat(1_000_000)))).isEqualTo(512);
    }

    @Test
    void learnsFromTextsThatWereTokenized() {
        String text = "a b c d e f g h i j";
        for (int request = 0; request < 1_000; request++) {
            estimator.learn("", Utf8Text.of(text), 32);
        }

        assertThat(estimator.estimate("", texts(text))).isBetween(28L, 32L);
    }

    @Test
    void isHardlyChangedByOneUnusualText() {
        String text = "a b c d e f g h i j";

        estimator.learn("", Utf8Text.of("x".repeat(200)), 202);

        assertThat(estimator.estimate("", texts(text))).isBetween(12L, 14L);
    }

    @Test
    void learnsNothingFromATextWithoutTokens() {
        estimator.learn("", Utf8Text.of(""), 2);

        assertThat(estimator.estimate("", texts("one two"))).isEqualTo(4);
    }

    @Test
    void countsEachCharacterByItsKind() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            String text = new RandomText(random).ofLength(random.nextInt(2_000));

            long estimate = new TokenEstimator(0, 1_000_000).estimate("", texts(text));

            assertThat(estimate).as("seed %d", seed).isEqualTo((long) Math.ceil(count(text)));
        }
    }

    /** Splits a text into UTF-16 units. */
    private static double count(String text) {
        double count = 0;
        int word = 0;
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            boolean isLatin = String.valueOf(character).matches("[a-zA-Z0-9\u00C0-\u024F]");
            word = isLatin ? word + 1 : 0;
            if (isLatin) {
                count += word == 1 ? 1 : word > 6 ? 0.25 : 0;
            } else if (Character.isSurrogate(character)) {
                count += 0.5;
            } else if (character > ' ' && character != 0xA0 && (character < 0x300 || character >= 0x370)) {
                boolean isOtherLetter = character < 0x2E80 && Character.isLetter(character);
                count += isOtherLetter ? 0.5 : 1;
            }
        }
        return count;
    }

    @Test
    void countsNoMoreOfATextThanNecessary() {
        String blanks = " ".repeat(64 * 512);

        assertThat(estimator.estimate("", texts(blanks.substring(1) + "word"))).isEqualTo(3);
        assertThat(estimator.estimate("", texts(blanks + "word"))).isEqualTo(2);
    }

    @Test
    void countsAllOfATextWithoutAMaximum() {
        TokenEstimator unlimited = new TokenEstimator(0, Integer.MAX_VALUE);

        assertThat(unlimited.estimate("", texts(" ".repeat(1_000_000) + "word ".repeat(100_000))))
                .isEqualTo(100_000);
    }

    private static List<Utf8Text> texts(String... texts) {
        return Stream.of(texts).map(Utf8Text::of).toList();
    }
}
