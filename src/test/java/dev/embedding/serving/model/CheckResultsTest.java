package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckResultsTest {

    private static final String SPACE = "0123456789abcdef";

    @Test
    void remembersWhatWasFoundOfAFingerprint(@TempDir Path directory) {
        CheckResults findings = CheckResults.in(new JsonFiles(directory));

        findings.keep(SPACE, "it works");

        assertThat(findings.contain(SPACE, "it works")).isTrue();
        assertThat(findings.contain(SPACE, "it is fast")).isFalse();
        assertThat(findings.contain("fedcba9876543210", "it works")).isFalse();
        assertThat(CheckResults.in(new JsonFiles(directory)).contain(SPACE, "it works"))
                .as("after a restart")
                .isTrue();
    }

    @Test
    void keepsWhatOtherReplicasFound(@TempDir Path directory) {
        CheckResults one = CheckResults.in(new JsonFiles(directory));
        CheckResults other = CheckResults.in(new JsonFiles(directory));

        one.keep(SPACE, "on one");
        other.keep(SPACE, "on the other");

        assertThat(one.contain(SPACE, "on the other")).isTrue();
        assertThat(other.contain(SPACE, "on one")).isTrue();
    }

    @Test
    void forgetsTheOldestOfVeryMany(@TempDir Path directory) {
        CheckResults findings = CheckResults.in(new JsonFiles(directory));

        for (int number = 0; number < 40; number++) {
            findings.keep(SPACE, "finding " + number);
        }

        assertThat(findings.contain(SPACE, "finding 39")).isTrue();
        assertThat(findings.contain(SPACE, "finding 8")).isTrue();
        assertThat(findings.contain(SPACE, "finding 7")).isFalse();
    }

    @Test
    void keepsNothingButInThisProcessWithoutADirectory() {
        CheckResults findings = CheckResults.unwritten();

        findings.keep(SPACE, "it works");

        assertThat(findings.contain(SPACE, "it works")).isTrue();
        assertThat(CheckResults.unwritten().contain(SPACE, "it works")).isFalse();
    }
}
