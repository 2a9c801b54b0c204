package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.support.JsonFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckResultsTest {

    private static final String SPACE = "0123456789abcdef";

    @Test
    void storesResultsByFingerprint(@TempDir Path directory) {
        CheckResults results = CheckResults.in(new JsonFiles(directory));

        results.add(SPACE, "it works");

        assertThat(results.contains(SPACE, "it works")).isTrue();
        assertThat(results.contains(SPACE, "it is fast")).isFalse();
        assertThat(results.contains("fedcba9876543210", "it works")).isFalse();
        assertThat(CheckResults.in(new JsonFiles(directory)).contains(SPACE, "it works"))
                .as("after a restart")
                .isTrue();
    }

    @Test
    void keepsResultsOfOtherReplicas(@TempDir Path directory) {
        CheckResults one = CheckResults.in(new JsonFiles(directory));
        CheckResults other = CheckResults.in(new JsonFiles(directory));

        one.add(SPACE, "on one");
        other.add(SPACE, "on the other");

        assertThat(one.contains(SPACE, "on the other")).isTrue();
        assertThat(other.contains(SPACE, "on one")).isTrue();
    }

    @Test
    void evictsTheOldestResults(@TempDir Path directory) {
        CheckResults results = CheckResults.in(new JsonFiles(directory));

        for (int number = 0; number < 40; number++) {
            results.add(SPACE, "finding " + number);
        }

        assertThat(results.contains(SPACE, "finding 39")).isTrue();
        assertThat(results.contains(SPACE, "finding 8")).isTrue();
        assertThat(results.contains(SPACE, "finding 7")).isFalse();
    }

    @Test
    void keepsResultsInMemoryWithoutADirectory() {
        CheckResults results = CheckResults.inMemory();

        results.add(SPACE, "it works");

        assertThat(results.contains(SPACE, "it works")).isTrue();
        assertThat(CheckResults.inMemory().contains(SPACE, "it works")).isFalse();
    }
}
