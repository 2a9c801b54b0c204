package dev.embedding.batch.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FairQueueTest {

    private final FairQueue<String> queue = new FairQueue<>();

    @BeforeEach
    void addTwo() {
        queue.add("a");
        queue.add("b");
    }

    @Test
    void servesTheOneThatUsedTheLeast() {
        queue.serve("a", 10);
        queue.serve("b", 30);
        assertThat(queue.order()).containsExactly("a", "b");

        queue.serve("a", 21);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void amongEqualsServesTheOneServedLongestAgo() {
        queue.serve("a", 10);
        queue.serve("b", 10);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void correctsAnEstimate() {
        queue.serve("a", 10);
        queue.serve("b", 30);

        queue.correct("b", -25);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void anIdleSourceBecomesLevelWithTheActiveOneThatUsedTheLeast() {
        queue.add("idle");
        queue.add("new");
        queue.serve("a", 50);
        queue.serve("b", 70);

        queue.activate("new", List.of("a", "b")::contains);
        queue.serve("new", 10);

        assertThat(queue.order()).containsExactly("idle", "a", "new", "b");
    }

    @Test
    void aSourceThatUsedMoreThanItsShareDoesNotLoseItsDebtByBeingIdle() {
        queue.serve("a", 50);
        queue.serve("b", 70);

        queue.activate("b", List.of("a")::contains);
        queue.serve("a", 10);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void allAreLevelAfterAPauseOfAll() {
        queue.serve("a", 50);
        queue.activate("b", other -> false);

        queue.serve("b", 1);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void aSourceThatMayNotBeServedSavesUpNothing() {
        for (int batch = 0; batch < 100; batch++) {
            queue.serve("b", 10, List.of("a")::contains);
        }
        queue.serve("a", 11);

        assertThat(queue.order()).containsExactly("b", "a");
    }

    @Test
    void correctsNothingOfASourceThatWasRemoved() {
        queue.serve("a", 10);
        queue.remove("a");

        queue.correct("a", 5);
        queue.add("a");
        queue.serve("b", 1);

        assertThat(queue.order()).containsExactly("a", "b");
    }

    @Test
    void noneGetsMoreThanABatchAheadOfAnotherWhateverTheirSizes() {
        for (long seed = 0; seed < 300; seed++) {
            requireFairness(seed);
        }
    }

    private static void requireFairness(long seed) {
        Random random = new Random(seed);
        FairQueue<Integer> queue = new FairQueue<>();
        int sources = 2 + random.nextInt(4);
        List<Long> used = new ArrayList<>();
        List<Integer> longest = new ArrayList<>();
        for (int source = 0; source < sources; source++) {
            queue.add(source);
            used.add(0L);
            longest.add(1 + random.nextInt(1_000));
        }
        for (int batch = 0; batch < 400; batch++) {
            int source = queue.order().get(0);
            int nanos = 1 + random.nextInt(longest.get(source));
            int estimate = random.nextInt(10_000);
            queue.serve(source, estimate);
            queue.correct(source, nanos - estimate);
            used.set(source, used.get(source) + nanos);
            for (int other = 0; other < sources; other++) {
                assertThat(used.get(source) - used.get(other))
                        .as("time of source %d beyond that of %d, seed %d", source, other, seed)
                        .isLessThanOrEqualTo(longest.get(source));
            }
        }
    }
}
