package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurrogatesTest {

    private static final String HIGH = "\ud83d";
    private static final String LOW = "\ude00";

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "plain text", "\ud83d\ude00", "a\ud83d\ude00b\ud83d\ude00", "\uFFFD", "\0"})
    void returnsTheSameTextWithoutLoneSurrogates(String text) {
        assertThat(Surrogates.replaceLone(text)).isSameAs(text);
    }

    @Test
    void replacesALoneHalfAnywhere() {
        assertThat(Surrogates.replaceLone(HIGH)).isEqualTo("\uFFFD");
        assertThat(Surrogates.replaceLone(LOW)).isEqualTo("\uFFFD");
        assertThat(Surrogates.replaceLone("a" + HIGH)).isEqualTo("a\uFFFD");
        assertThat(Surrogates.replaceLone(LOW + "a")).isEqualTo("\uFFFDa");
    }

    @Test
    void replacesTheHalvesOfAPairInTheWrongOrder() {
        assertThat(Surrogates.replaceLone(LOW + HIGH)).isEqualTo("\uFFFD\uFFFD");
    }

    @Test
    void keepsThePairAfterALoneHalf() {
        assertThat(Surrogates.replaceLone(HIGH + HIGH + LOW)).isEqualTo("\uFFFD" + HIGH + LOW);
        assertThat(Surrogates.replaceLone(HIGH + LOW + LOW)).isEqualTo(HIGH + LOW + "\uFFFD");
    }

    @Test
    void makesAnyTextValidAndKeepsTheRest() {
        String[] parts = {HIGH, LOW, HIGH + LOW, "a", "é", "中", "\0"};
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int count = random.nextInt(12); count > 0; count--) {
                text.append(parts[random.nextInt(parts.length)]);
            }

            String replaced = Surrogates.replaceLone(text.toString());

            int[] expected = text.codePoints()
                    .map(character -> Character.getType(character) == Character.SURROGATE ? 0xFFFD : character)
                    .toArray();
            assertThat(replaced.codePoints().toArray()).as("seed %d", seed).isEqualTo(expected);
        }
    }
}
