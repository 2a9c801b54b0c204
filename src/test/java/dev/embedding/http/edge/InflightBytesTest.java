package dev.embedding.http.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InflightBytesTest {

    private final InflightBytes inflight = new InflightBytes(1_000);

    @Test
    void takesWhateverIsAlone() {
        assertThat(inflight.take(0, 5_000)).isTrue();
        assertThat(inflight.take(5_000, 5_000)).isTrue();
    }

    @Test
    void refusesWhatIsTooMuchAndTakesItOnceThereIsRoom() {
        inflight.take(0, 700);

        boolean before = inflight.take(0, 100);
        inflight.give(700);

        assertThat(before).isFalse();
        assertThat(inflight.take(0, 100)).isTrue();
    }

    @Test
    void keepsRoomForSmallBodies() {
        inflight.take(0, 750);

        assertThat(inflight.take(0, 16)).isFalse();
        assertThat(inflight.take(0, 15)).isTrue();
    }

    @Test
    void countsAnswersThatAreNotRead() {
        inflight.answersChanged(1_001);

        assertThat(inflight.isOver()).isTrue();
        assertThat(inflight.take(0, 1)).isFalse();
    }
}
