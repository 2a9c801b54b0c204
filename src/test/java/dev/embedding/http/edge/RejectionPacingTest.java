package dev.embedding.http.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RejectionPacingTest {

    /** Soon beyond what a long holds, as the clock's values may be anything. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final RejectionPacing pace = new RejectionPacing(nanos::get);

    @Test
    void answersAHundredASecondAtOnce() {
        for (int refusal = 0; refusal < 10_000; refusal++) {
            nanos.addAndGet(Duration.ofMillis(10).toNanos());

            assertThat(pace.next()).isZero();
        }
    }

    @Test
    void answersABurstAtOnceAndHoldsBackWhatFollows() {
        for (int refusal = 0; refusal < 500; refusal++) {
            assertThat(pace.next()).isZero();
        }

        Duration held = pace.next();
        assertThat(held).isBetween(Duration.ofMillis(2), Duration.ofMillis(52));
        assertThat(pace.next()).as("go out together").isEqualTo(held);
    }

    @Test
    void neverHoldsBackForMoreThanASecond() {
        Duration longest = Duration.ZERO;
        for (int refusal = 0; refusal < 10_000; refusal++) {
            longest = pace.next();
        }

        assertThat(longest).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_050));
    }

    @Test
    void answersAtOnceAgainAfterAQuietWhile() {
        for (int refusal = 0; refusal < 10_000; refusal++) {
            pace.next();
        }

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        for (int refusal = 0; refusal < 499; refusal++) {
            assertThat(pace.next()).isZero();
        }
    }
}
