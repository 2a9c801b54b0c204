package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BacklogTest {

    @ParameterizedTest
    @CsvSource({
        // interactive, batch, expected wait of an interactive row, of a batch row, in seconds
        "0, 0, 0, 0",
        "4000, 0, 4, 0",
        "0, 4000, 0, 4",
        // A quarter on top for batch rows, if there are as many.
        "4000, 9000, 5, 13",
        "4000, 500, 4.5, 2.5",
        // At most four times on top for interactive ones.
        "90000, 1000, 91, 5"
    })
    void countsTokensComputedBefore(long interactive, long batch, double interactiveWait, double batchWait) {
        Backlog backlog = new Backlog(interactive, batch, 1_000);

        assertThat(backlog.expectedWait(Priority.INTERACTIVE)).isEqualTo(seconds(interactiveWait));
        assertThat(backlog.expectedWait(Priority.BATCH)).isEqualTo(seconds(batchWait));
    }

    @Test
    void halvesTheWaitAtTwiceTheRate() {
        Duration wait = new Backlog(6_000, 0, 3_000).expectedWait(Priority.INTERACTIVE);

        assertThat(wait).isEqualTo(Duration.ofSeconds(2));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }
}
