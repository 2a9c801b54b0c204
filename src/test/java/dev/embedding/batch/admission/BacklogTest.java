package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
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
        Backlog backlog = new Backlog(interactive, batch, new LaneTime(1_000, 1, 1, List.of()));

        assertThat(backlog.expectedWait(Priority.INTERACTIVE)).isEqualTo(seconds(interactiveWait));
        assertThat(backlog.expectedWait(Priority.BATCH)).isEqualTo(seconds(batchWait));
    }

    @Test
    void halvesTheWaitAtTwiceTheRate() {
        Duration wait = new Backlog(6_000, 0, new LaneTime(3_000, 1, 1, List.of())).expectedWait(Priority.INTERACTIVE);

        assertThat(wait).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        // lanes, of these usable, waiting seconds of two others, expected wait of 4 s of lane time
        "1, 1, 0, 0, 4",
        "1, 1, 1, 0, 5",
        // At most as much as is ahead within the batcher itself.
        "1, 1, 1, 100, 9",
        "2, 2, 1, 100, 4.5",
        "4, 4, 100, 100, 3",
        // Others have the lanes that this batcher may not use.
        "4, 1, 1, 100, 4",
        "4, 2, 1, 100, 2.25"
    })
    void countsTheLaneTimeThatOthersGetMeanwhile(int lanes, int usable, double first, double second, double wait) {
        LaneTime laneTime = new LaneTime(
                1_000, usable, lanes, List.of(new LaneTime.Other(first, 1), new LaneTime.Other(second, 1)));

        Backlog backlog = new Backlog(4_000, 0, laneTime);

        assertThat(backlog.expectedWait(Priority.INTERACTIVE)).isEqualTo(seconds(wait));
        assertThat(backlog.expectedWait(Priority.BATCH)).isZero();
        assertThat(backlog.timeFor(4_000)).isEqualTo(seconds(wait));
        assertThat(laneTime.suffices(4_000, seconds(wait).toNanos())).isTrue();
        assertThat(laneTime.suffices(4_000, seconds(wait).toNanos() - 1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // lanes, share of the other ÷ own, waiting seconds of it, expected wait of 4 s of lane time, of batch rows
        "1, 4, 100, 20, 20",
        "2, 4, 100, 10, 10",
        "1, 0.25, 100, 5, 5",
        "1, 4, 3, 7, 7",
        // Interactive rows get a fifth of the lanes before their turn.
        "1, 100, 1000, 20, 404",
        "2, 100, 1000, 10, 202"
    })
    void countsTheLaneTimeOfOthersByTheirShares(
            int lanes, double relativeShare, double waiting, double interactiveWait, double batchWait) {
        LaneTime laneTime = new LaneTime(1_000, lanes, lanes, List.of(new LaneTime.Other(waiting, relativeShare)));

        assertThat(new Backlog(4_000, 0, laneTime).expectedWait(Priority.INTERACTIVE))
                .isEqualTo(seconds(interactiveWait));
        assertThat(new Backlog(0, 4_000, laneTime).expectedWait(Priority.BATCH)).isEqualTo(seconds(batchWait));
        assertThat(laneTime.suffices(4_000, seconds(batchWait).toNanos())).isTrue();
        assertThat(laneTime.suffices(4_000, seconds(batchWait).toNanos() - 1)).isFalse();
    }

    /** Without others the time is what it was when a batcher had all lanes to itself, to the last bit. */
    @Test
    void aLoneBatcherHasTheLanesToItself() {
        for (long seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            int lanes = 1 + random.nextInt(64);
            int usable = 1 + random.nextInt(lanes);
            double rate = Math.exp(random.nextDouble() * 16);
            long tokens = random.nextInt(10_000_000);
            long nanos = random.nextInt(1_000_000_000);
            LaneTime laneTime = new LaneTime(rate, usable, lanes, List.of());

            assertThat(new Backlog(tokens, 0, laneTime).expectedWait(Priority.INTERACTIVE))
                    .as("seed %d", seed)
                    .isEqualTo(Duration.ofMillis((long) Math.ceil(tokens * 1e3 / (usable * rate))));
            assertThat(laneTime.suffices(tokens, nanos))
                    .as("seed %d", seed)
                    .isEqualTo(tokens <= usable * rate * nanos / 1e9);
        }
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }
}
