package dev.embedding.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.LaneTime;
import dev.embedding.batch.admission.Priority;
import dev.embedding.batch.admission.WaitLimits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueLimitsTest {

    private final QueueLimits limits =
            new QueueLimits(new WaitLimits(Duration.ofSeconds(10), Duration.ofSeconds(300)), Duration.ofSeconds(60));
    private final Backlog backlog = new Backlog(0, 0, new LaneTime(1_000, 1, 1, List.of()));

    @Test
    void aSmallRequestHasTheDefaultTimeout() {
        assertThat(limits.timeout(Priority.INTERACTIVE, 100, backlog)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aLargeRequestHasTimeForTheWaitAndThreeTimesItsTokens() {
        assertThat(limits.timeout(Priority.BATCH, 50_000, backlog)).isEqualTo(Duration.ofSeconds(300 + 150));
        assertThat(limits.timeout(Priority.INTERACTIVE, 20_000, backlog)).isEqualTo(Duration.ofSeconds(10 + 60));
    }

    @Test
    void aLargeRequestHasTimeForWhatOtherModelsCompute() {
        Backlog shared = new Backlog(0, 0, new LaneTime(1_000, 1, 1, List.of(new LaneTime.Other(100, 1))));

        assertThat(limits.timeout(Priority.BATCH, 50_000, shared)).isEqualTo(Duration.ofSeconds(300 + 150 + 100));
    }
}
