package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchFormerTest {

    @Test
    void takesRowsOfTheSameLengthTogether() {
        int[] lengths = {10, 10, 10, 10};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE);

        assertThat(chosen).containsExactly(0, 1, 2, 3);
    }

    @Test
    void takesNoMoreRowsThanAllowed() {
        int[] lengths = {10, 10, 10, 10};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE.withMaxRows(3));

        assertThat(chosen).containsExactly(0, 1, 2);
    }

    @Test
    void takesNoMorePaddedTokensThanTheBudget() {
        int[] lengths = {10, 10, 10, 10};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE.withTokenBudget(29));

        assertThat(chosen).containsExactly(0, 1);
    }

    @Test
    void computesAHeadBeyondTheBudgetAlone() {
        int[] lengths = {500, 500, 3};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE.withTokenBudget(100));

        assertThat(chosen).containsExactly(0);
    }

    @Test
    void leavesOutRowsThatWouldBePaddedTooMuch() {
        int[] lengths = {100, 50, 99};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE);

        assertThat(chosen).containsExactly(0, 2);
    }

    @Test
    void addsShortRowsToALongOneWherePaddingCostsInAttentionOnly() {
        int[] lengths = {24, 8, 16, 12};

        int[] chosen = BatchFormer.choose(lengths, Limits.costing(new BatchCost(8, true, 1_400)));

        assertThat(chosen).containsExactly(0, 2, 3, 1);
    }

    @Test
    void leavesOutRowsWhoseAttentionWouldBeMostlyPadding() {
        int[] lengths = {500, 8, 490};

        int[] chosen = BatchFormer.choose(lengths, Limits.costing(new BatchCost(8, true, 1_400)));

        assertThat(chosen).containsExactly(0, 2);
    }

    @Test
    void addsLongerRowsToTheHeadWhenLengthsAreSimilar() {
        int[] lengths = {95, 100, 100, 100};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE);

        assertThat(chosen).containsExactly(1, 2, 3, 0);
    }

    @Test
    void prefersTheOlderAmongEqualRows() {
        int[] lengths = {7, 7, 7, 7, 7};

        int[] chosen = BatchFormer.choose(lengths, Limits.WIDE.withMaxRows(2));

        assertThat(chosen).containsExactly(0, 1);
    }

    @Test
    void keepsAllLimitsForRandomRows() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            BatchLimits limits = randomLimits(random);
            int[] lengths = randomLengths(random);

            int[] chosen = BatchFormer.choose(lengths, limits);

            int longest = lengths[chosen[0]];
            long tokens =
                    Arrays.stream(chosen).mapToLong(index -> lengths[index]).sum();
            double squares = Arrays.stream(chosen)
                    .mapToDouble(index -> (double) lengths[index] * lengths[index])
                    .sum();
            long computed = limits.cost().packed() ? tokens : (long) chosen.length * longest;
            double span = limits.cost().attentionSpan();
            double cost = computed + (double) chosen.length * longest * longest / span;
            assertThat(chosen).as("distinct, seed %d", seed).doesNotHaveDuplicates();
            assertThat(chosen).as("the head is in, seed %d", seed).contains(0);
            assertThat(chosen.length).as("rows, seed %d", seed).isLessThanOrEqualTo(limits.maxRows());
            for (int next = 1; next < chosen.length; next++) {
                assertThat(lengths[chosen[next]])
                        .as("longest first, seed %d", seed)
                        .isLessThanOrEqualTo(lengths[chosen[next - 1]]);
            }
            if (chosen.length > 1) {
                assertThat(computed).as("budget, seed %d", seed).isLessThanOrEqualTo(limits.tokenBudget());
                assertThat((cost - tokens - squares / span) / cost)
                        .as("padding, seed %d", seed)
                        .isLessThanOrEqualTo(limits.maxPadding() + 1e-9);
            }
        }
    }

    @Test
    void isNeverLessEfficientThanTheHeadAlone() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            BatchLimits limits = randomLimits(random);
            int[] lengths = randomLengths(random);

            int[] chosen = BatchFormer.choose(lengths, limits);

            assertThat(efficiency(lengths, chosen, limits))
                    .as("seed %d", seed)
                    .isGreaterThanOrEqualTo(efficiency(lengths, new int[] {0}, limits) - 1e-9);
        }
    }

    private static double efficiency(int[] lengths, int[] chosen, BatchLimits limits) {
        double tokens = Arrays.stream(chosen).mapToLong(index -> lengths[index]).sum();
        BatchCost cost = limits.cost();
        double longest = lengths[chosen[0]];
        double computed = cost.packed() ? tokens : chosen.length * longest;
        return tokens / (cost.overheadTokens() + computed + chosen.length * longest * longest / cost.attentionSpan());
    }

    private static BatchLimits randomLimits(Random random) {
        return new BatchLimits(
                1 + random.nextInt(40),
                1 + random.nextInt(random.nextBoolean() ? 64 : 2_000),
                random.nextInt(4) == 0 ? 0 : random.nextDouble() * 0.9,
                Duration.ofSeconds(1),
                new BatchCost(random.nextInt(50), random.nextBoolean(), 1 + random.nextInt(3_000)),
                1_000,
                Integer.MAX_VALUE,
                1_000_000,
                Limits.PATIENT);
    }

    private static int[] randomLengths(Random random) {
        int longest = 1 + random.nextInt(random.nextBoolean() ? 5 : 512);
        return random.ints(1L + random.nextInt(80), 1, longest + 1).toArray();
    }
}
