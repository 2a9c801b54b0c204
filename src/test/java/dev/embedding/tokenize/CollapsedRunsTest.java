package dev.embedding.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollapsedRunsTest {

    @Test
    void findsCharactersWhoseRunsCollapse() {
        CollapsedRuns runs = CollapsedRuns.of(
                text -> text.replace("\u200B", "").replaceAll(" +", " ").chars().toArray());

        assertThat(runs.collapses(' ')).isTrue();
        assertThat(runs.collapses(0x200B)).isTrue();
        assertThat(runs.collapses('\n')).isFalse();
        assertThat(runs.collapses('a')).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 16, 24, 64, 128})
    void keepsRunsOfWhichOneLengthIsAToken(int length) {
        CollapsedRuns runs = CollapsedRuns.of(text -> text.replaceAll("(?<! ) {" + length + "}(?! )", "T")
                .replaceAll(" +", " ")
                .chars()
                .toArray());

        assertThat(runs.collapses(' ')).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"^ +", " +$", "(?<=\\.) +", " +(?=\u0301)", "(?<=\n) +"})
    void keepsRunsThatCountSomewhere(String place) {
        CollapsedRuns runs = CollapsedRuns.of(text -> Pattern.compile(place)
                .matcher(text)
                .replaceAll(match -> "T".repeat(match.group().length()))
                .replaceAll(" +", " ")
                .chars()
                .toArray());

        assertThat(runs.collapses(' ')).isFalse();
    }
}
