package dev.embedding.http.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RejectionPacingTest {

    /** Close to overflow, as the clock may start anywhere. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final RejectionPacing pacing = new RejectionPacing(nanos::get);

    @Test
    void sendsAHundredASecondWithoutDelay() {
        for (int rejection = 0; rejection < 10_000; rejection++) {
            nanos.addAndGet(Duration.ofMillis(10).toNanos());

            assertThat(pacing.next()).isZero();
        }
    }

    @Test
    void sendsABurstWithoutDelayAndDelaysWhatFollows() {
        for (int rejection = 0; rejection < 500; rejection++) {
            assertThat(pacing.next()).isZero();
        }

        Duration delay = pacing.next();
        assertThat(delay).isBetween(Duration.ofMillis(2), Duration.ofMillis(52));
        assertThat(pacing.next()).as("sent together").isEqualTo(delay);
    }

    @Test
    void delaysByHardlyMoreThanASecond() {
        Duration longest = Duration.ZERO;
        for (int rejection = 0; rejection < 10_000; rejection++) {
            longest = pacing.next();
        }

        assertThat(longest).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_050));
    }

    @Test
    void sendsWithoutDelayAgainAfterAPause() {
        for (int rejection = 0; rejection < 10_000; rejection++) {
            pacing.next();
        }

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());

        for (int rejection = 0; rejection < 499; rejection++) {
            assertThat(pacing.next()).isZero();
        }
    }
}
