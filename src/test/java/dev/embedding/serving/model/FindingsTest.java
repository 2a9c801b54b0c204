package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FindingsTest {

    private static final String SPACE = "0123456789abcdef";

    @Test
    void remembersWhatWasFoundOfAFingerprint(@TempDir Path directory) {
        Findings findings = Findings.in(new KeptJson(directory));

        findings.keep(SPACE, "it works");

        assertThat(findings.contain(SPACE, "it works")).isTrue();
        assertThat(findings.contain(SPACE, "it is fast")).isFalse();
        assertThat(findings.contain("fedcba9876543210", "it works")).isFalse();
        assertThat(Findings.in(new KeptJson(directory)).contain(SPACE, "it works"))
                .as("after a restart")
                .isTrue();
    }

    @Test
    void keepsWhatOtherReplicasFound(@TempDir Path directory) {
        Findings one = Findings.in(new KeptJson(directory));
        Findings other = Findings.in(new KeptJson(directory));

        one.keep(SPACE, "on one");
        other.keep(SPACE, "on the other");

        assertThat(one.contain(SPACE, "on the other")).isTrue();
        assertThat(other.contain(SPACE, "on one")).isTrue();
    }

    @Test
    void forgetsTheOldestOfVeryMany(@TempDir Path directory) {
        Findings findings = Findings.in(new KeptJson(directory));

        for (int number = 0; number < 40; number++) {
            findings.keep(SPACE, "finding " + number);
        }

        assertThat(findings.contain(SPACE, "finding 39")).isTrue();
        assertThat(findings.contain(SPACE, "finding 8")).isTrue();
        assertThat(findings.contain(SPACE, "finding 7")).isFalse();
    }

    @Test
    void keepsNothingButInThisProcessWithoutADirectory() {
        Findings findings = Findings.unwritten();

        findings.keep(SPACE, "it works");

        assertThat(findings.contain(SPACE, "it works")).isTrue();
        assertThat(Findings.unwritten().contain(SPACE, "it works")).isFalse();
    }
}
