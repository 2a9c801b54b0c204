package dev.embedding.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff();

    @Test
    void doublesTheDelayUpToAMinute() {
        assertThat(Stream.generate(backoff::next).limit(8).map(Duration::toSeconds))
                .containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void beginsAgainWhenItIsReset() {
        Duration first = backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isEqualTo(first);
    }
}
