package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityChoiceTest {

    @ParameterizedTest
    @CsvSource({"1, 512, INTERACTIVE", "4, 512, INTERACTIVE", "1, 513, BATCH", "5, 10, BATCH"})
    void smallRequestsAreInteractive(int texts, long tokens, Priority priority) {
        assertThat(PriorityChoice.BY_SIZE.of(texts, tokens)).isEqualTo(priority);
    }

    @Test
    void whatIsAskedForCountsMoreThanTheSize() {
        assertThat(PriorityChoice.INTERACTIVE.of(1_000, 500_000)).isEqualTo(Priority.INTERACTIVE);
        assertThat(PriorityChoice.BATCH.of(1, 5)).isEqualTo(Priority.BATCH);
    }
}
