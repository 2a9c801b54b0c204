package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        assertThat(estimator.estimate("", List.of(text))).isBetween(tokens, tokens + 1);
    }

    @Test
    void countsThePromptWithEachText() {
        long without = estimator.estimate("", List.of("one", "two"));

        assertThat(estimator.estimate("query: ", List.of("one", "two"))).isEqualTo(without + 4);
    }

    @Test
    void neverEstimatesMoreThanTheModelTakes() {
        assertThat(estimator.estimate("", List.of("word ".repeat(1_000_000)))).isEqualTo(512);
    }

    @Test
    void learnsFromTextsThatWereTokenized() {
        String text = "a b c d e f g h i j";
        for (int request = 0; request < 1_000; request++) {
            estimator.learn("", text, 32);
        }

        assertThat(estimator.estimate("", List.of(text))).isBetween(28L, 32L);
    }

    @Test
    void isHardlyMovedByOneOddText() {
        String text = "a b c d e f g h i j";

        estimator.learn("", "x".repeat(200), 202);

        assertThat(estimator.estimate("", List.of(text))).isBetween(12L, 14L);
    }

    @Test
    void learnsNothingFromATextWithoutTokens() {
        estimator.learn("", "", 2);

        assertThat(estimator.estimate("", List.of("one two"))).isEqualTo(4);
    }
}
