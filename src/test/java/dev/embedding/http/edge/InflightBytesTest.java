package dev.embedding.http.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InflightBytesTest {

    private final InflightBytes inflight = new InflightBytes(1_000);
    private final InflightBytes.Claim first = inflight.claim();
    private final InflightBytes.Claim second = inflight.claim();

    @Test
    void acceptsAnyClaimThatIsAlone() {
        assertThat(first.take(5_000)).isTrue();
        assertThat(first.take(5_000)).isTrue();
        assertThat(first.bytes()).isEqualTo(10_000);
    }

    @Test
    void rejectsWhatIsTooMuchUntilThereIsRoom() {
        first.take(700);

        boolean before = second.take(100);
        first.release();

        assertThat(before).isFalse();
        assertThat(second.take(100)).isTrue();
    }

    @Test
    void reservesRoomForSmallExchanges() {
        first.take(750);

        assertThat(second.take(16)).isFalse();
        assertThat(second.take(15)).isTrue();
        assertThat(second.take(1)).isFalse();
    }

    @Test
    void reservesRoomForAtMost64KilobytesPerExchange() {
        InflightBytes large = new InflightBytes(1 << 30);
        large.claim().take(3 << 28);

        assertThat(large.claim().take((64 << 10) + 1)).isFalse();
        assertThat(large.claim().take(64 << 10)).isTrue();
    }

    @Test
    void countsUnreadResponses() {
        inflight.unreadChanged(501);
        boolean isShort = inflight.isShort();
        inflight.unreadChanged(500);

        assertThat(isShort).isTrue();
        assertThat(first.take(1)).isFalse();
    }

    @Test
    void releasesOnceAndClaimsNothingAfterwards() {
        first.take(600);
        first.release();
        first.release();
        first.take(600);
        second.take(100);

        assertThat(inflight.claim().take(600)).isTrue();
    }
}
