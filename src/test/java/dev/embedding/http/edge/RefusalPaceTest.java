package dev.embedding.http.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalPaceTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final RefusalPace pace = new RefusalPace(nanos::get);

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

        assertThat(pace.next()).isEqualTo(Duration.ofMillis(2));
        assertThat(pace.next()).isEqualTo(Duration.ofMillis(4));
    }

    @Test
    void neverHoldsBackForMoreThanASecond() {
        Duration longest = Duration.ZERO;
        for (int refusal = 0; refusal < 10_000; refusal++) {
            longest = pace.next();
        }

        assertThat(longest).isEqualTo(Duration.ofSeconds(1));
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
