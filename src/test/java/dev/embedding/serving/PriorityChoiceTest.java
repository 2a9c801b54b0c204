package dev.embedding.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityChoiceTest {

    @ParameterizedTest
    @CsvSource({
        "1, 512, 16384, INTERACTIVE",
        "4, 512, 900, INTERACTIVE",
        "1, 513, 900, BATCH",
        "5, 10, 40, BATCH",
        "1, 512, 16385, BATCH"
    })
    void smallRequestsAreInteractive(int texts, long tokens, long bytes, Priority priority) {
        assertThat(PriorityChoice.BY_SIZE.of(texts, tokens, bytes)).isEqualTo(priority);
    }

    @Test
    void aRequestedClassTakesPrecedenceOverTheSize() {
        assertThat(PriorityChoice.INTERACTIVE.of(1_000, 500_000, 2_000_000)).isEqualTo(Priority.INTERACTIVE);
        assertThat(PriorityChoice.BATCH.of(1, 5, 20)).isEqualTo(Priority.BATCH);
    }
}
