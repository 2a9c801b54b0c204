package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.admission.FairQueue.Charge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FairQueueTest {

    private static final long MILLI = 1_000_000;

    private final Set<String> waiting = new HashSet<>();
    private long nowNanos;
    private final FairQueue<String> queue = new FairQueue<>(2, waiting::contains, () -> nowNanos);

    @BeforeEach
    void addTwo() {
        queue.add("a");
        queue.add("b");
    }

    /** Serves a batch of batch rows whose estimate is right. */
    private void serve(String source, long nanos) {
        queue.settle(queue.serve(source, nanos, Priority.BATCH), nanos);
    }

    private void serveEarly(String source, long nanos) {
        queue.settle(queue.serveEarly(source, nanos), nanos);
    }

    @Test
    void servesTheOneThatUsedTheLeast() {
        serve("a", 10);
        serve("b", 30);
        assertThat(queue.order()).containsExactly("a", "b");

        serve("a", 21);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void dividesTheTimeByTheShare() {
        queue.share("a", 4);
        serve("b", 10);
        serve("a", 39);
        assertThat(queue.order()).containsExactly("a", "b");

        serve("a", 2);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void amongEqualsServesTheOneServedLongestAgo() {
        serve("a", 10);
        serve("b", 10);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void correctsAnEstimate() {
        serve("a", 10);
        Charge<String> charge = queue.serve("b", 30, Priority.BATCH);
        assertThat(queue.order()).containsExactly("a", "b");

        queue.settle(charge, 5);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void anIdleSourceBecomesLevelWithTheActiveOneThatUsedTheLeast() {
        queue.add("idle");
        queue.add("new");
        serve("a", 50);
        serve("b", 70);
        waiting.addAll(List.of("a", "b"));

        queue.activate("new");
        serve("new", 10);

        assertThat(queue.order()).containsExactly("idle", "a", "new", "b");
    }

    @Test
    void aRunningSourceIsActive() {
        queue.serve("a", 50, Priority.BATCH);
        queue.add("new");

        queue.activate("new");
        serve("new", 1);

        assertThat(queue.order()).containsExactly("b", "a", "new");
    }

    @Test
    void aSourceThatUsedMoreThanItsShareDoesNotLoseItsDebtByBeingIdle() {
        serve("a", 50);
        serve("b", 70);
        waiting.add("a");

        queue.activate("b");
        serve("a", 10);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void allAreLevelAfterAPauseOfAll() {
        serve("a", 50);
        queue.activate("b");

        serve("b", 1);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void aSourceThatMayNotBeServedSavesUpNothing() {
        waiting.add("a");
        for (int batch = 0; batch < 100; batch++) {
            serve("b", 10);
        }
        serve("a", 11);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void correctsNothingOfASourceThatWasRemoved() {
        Charge<String> charge = queue.serve("a", 10, Priority.BATCH);
        queue.remove("a");

        queue.settle(charge, 15);
        queue.add("a");
        serve("b", 1);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void aChangedShareHoldsForWhatTheSourceIsAheadOfOthers() {
        serve("a", 10);
        serve("b", 100);
        waiting.addAll(List.of("a", "b"));

        queue.share("b", 10);
        serve("a", 8);
        assertThat(queue.order()).containsExactly("a", "b");
        serve("a", 2);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void aChangedShareHoldsForARunningBatchAndItsCorrection() {
        Charge<String> charge = queue.serve("b", 10, Priority.BATCH);
        queue.share("b", 10);
        serve("a", 2);
        assertThat(queue.order()).containsExactly("b", "a");

        queue.settle(charge, 30);
        assertThat(queue.order()).containsExactly("a", "b");
        serve("a", 2);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void aChangedShareTakesNothingFromASourceThatIsBehind() {
        serve("a", 10);
        serve("b", 4);
        waiting.addAll(List.of("a", "b"));

        queue.share("b", 2);
        serve("b", 11);
        assertThat(queue.order()).containsExactly("b", "a");
        serve("b", 2);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void ofSourcesWithInteractiveRowsTheLightestGoesFirst() {
        queue.settle(queue.serve("a", 2, Priority.INTERACTIVE), 2);
        assertThat(queue.lightest(source -> true)).isEqualTo("b");

        serveEarly("b", 3);

        assertThat(queue.lightest(source -> true)).isEqualTo("a");
        assertThat(queue.lightest("b"::equals)).isEqualTo("b");
        assertThat(queue.lightest(source -> false)).isNull();
    }

    @Test
    void batchRowsDoNotCountAsInteractiveOnes() {
        serve("a", 1_000 * MILLI);

        assertThat(queue.lightest("a"::equals)).isEqualTo("a");
    }

    @Test
    void noneIsLightOnceItUsedItsQuarterOfASecond() {
        serveEarly("a", 249 * MILLI);
        assertThat(queue.lightest("a"::equals)).isEqualTo("a");

        serveEarly("a", MILLI);

        assertThat(queue.lightest("a"::equals)).isNull();
    }

    @Test
    void aFifthOfTheLaneTimeIsRepaidAndDividedAmongThoseThatOwe() {
        serveEarly("a", 300 * MILLI);
        nowNanos += 125 * MILLI; // of two lanes, a fifth: 50 ms
        assertThat(queue.lightest("a"::equals)).isNull();
        nowNanos += 1;
        assertThat(queue.lightest("a"::equals)).isEqualTo("a");

        serveEarly("a", 50 * MILLI);
        serveEarly("b", 300 * MILLI);
        nowNanos += 249 * MILLI;
        assertThat(queue.lightest("b"::equals)).isNull();
        nowNanos += 2 * MILLI;

        assertThat(queue.lightest("b"::equals)).isEqualTo("b");
    }

    @Test
    void interactiveRowsInTurnLeaveNoDebt() {
        for (int batch = 0; batch < 100; batch++) {
            queue.settle(queue.serve("a", 100 * MILLI, Priority.INTERACTIVE), 100 * MILLI);
        }
        assertThat(queue.lightest("a"::equals)).isNull();
        nowNanos += 1;

        assertThat(queue.lightest("a"::equals)).isEqualTo("a");
    }

    @Test
    void betweenTwoTurnsEarlyRowsAreChargedAsMuchAsTheEarlierTurnAtMost() {
        serve("b", 10);
        serveEarly("b", 4);
        serve("a", 13);
        assertThat(queue.order()).containsExactly("a", "b");
        serveEarly("b", 60);
        serve("a", 6);
        assertThat(queue.order()).containsExactly("a", "b");

        serve("a", 2);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void aRemainderIsChargedToItsSource() {
        queue.settle(queue.resume("a", Priority.BATCH), 10);
        serve("b", 9);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void noneGetsMoreThanABatchAheadOfAnotherWhateverTheirSizesAndShares() {
        for (long seed = 0; seed < 300; seed++) {
            requireFairness(seed);
        }
    }

    private static void requireFairness(long seed) {
        Random random = new Random(seed);
        FairQueue<Integer> queue = new FairQueue<>(1, source -> true, () -> 0);
        int sources = 2 + random.nextInt(4);
        List<Double> used = new ArrayList<>();
        List<Integer> longest = new ArrayList<>();
        for (int source = 0; source < sources; source++) {
            queue.add(source);
            queue.share(source, 1 + random.nextInt(100));
            used.add(0.0);
            longest.add(1 + random.nextInt(1_000));
        }
        for (int batch = 0; batch < 400; batch++) {
            int source = queue.order().get(0);
            int nanos = 1 + random.nextInt(longest.get(source));
            queue.settle(queue.serve(source, random.nextInt(10_000), Priority.BATCH), nanos);
            used.set(source, used.get(source) + (double) nanos / queue.share(source));
            for (int other = 0; other < sources; other++) {
                assertThat(used.get(source) - used.get(other))
                        .as("time ÷ share of source %d beyond that of %d, seed %d", source, other, seed)
                        .isLessThanOrEqualTo((double) longest.get(source) / queue.share(source) + 1e-6);
            }
        }
    }
}
