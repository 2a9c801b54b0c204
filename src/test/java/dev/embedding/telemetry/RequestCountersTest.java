package dev.embedding.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestCountersTest {

    private static final long TEN_MILLIS = 10_000_000;

    private final RequestCounters counters = new RequestCounters();

    @Test
    void averagesTheLatencyOfAnsweredRequestsOnly() {
        counters.embedded(1);
        counters.succeeded(TEN_MILLIS);
        counters.embedded(3);
        counters.succeeded(3 * TEN_MILLIS);
        counters.failed();
        counters.rejected();
        counters.rejected();

        RequestCounters.Snapshot snapshot = counters.snapshot();

        assertThat(snapshot.averageLatencyMillis()).isEqualTo(20.0);
        assertThat(snapshot.requests()).isEqualTo(5);
        assertThat(snapshot.failed()).isEqualTo(1);
        assertThat(snapshot.embeddings()).isEqualTo(4);
        assertThat(snapshot.successRate()).isEqualTo(80.0);
    }

    @Test
    void hasNoLatencyWhereOnlyRejectedRequestsCame() {
        counters.rejected();

        assertThat(counters.snapshot().averageLatencyMillis()).isZero();
    }

    @Test
    void startsWithFullSuccess() {
        assertThat(counters.snapshot()).isEqualTo(new RequestCounters.Snapshot(0, 0, 100.0, 0, 0.0));
    }
}
