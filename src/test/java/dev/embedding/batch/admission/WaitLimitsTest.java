package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitLimitsTest {

    private final WaitLimits limits = new WaitLimits(Duration.ofSeconds(10), Duration.ofSeconds(300));

    @Test
    void aRejectedCallerRetriesWhenHalfOfTheWaitIsLeft() {
        assertThat(limits.retryAfter(Priority.INTERACTIVE, Duration.ofSeconds(11)))
                .isEqualTo(Duration.ofSeconds(6));
        assertThat(limits.retryAfter(Priority.BATCH, Duration.ofSeconds(310))).isEqualTo(Duration.ofSeconds(160));
    }

    @Test
    void aRejectedCallerNeverRetriesAtOnce() {
        assertThat(limits.retryAfter(Priority.BATCH, Duration.ZERO)).isPositive();
    }

    @Test
    void rejectsAWaitLimitOfZero() {
        assertThatThrownBy(() -> new WaitLimits(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessage("The limit for interactive rows must be positive, not PT0S");
        assertThatThrownBy(() -> new WaitLimits(Duration.ofSeconds(1), Duration.ofSeconds(-1)))
                .hasMessageContaining("batch");
    }
}
