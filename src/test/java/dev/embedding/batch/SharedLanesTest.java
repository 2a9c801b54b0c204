package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.embedding.batch.SharedLanes.CutBatch;
import dev.embedding.batch.SharedLanes.Model;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fairness between models on the same lanes, and the wait that admission expects beside other models. */
class SharedLanesTest {

    private static final int SEEDS = 12;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration EARLY = Duration.ofMillis(250);

    /** Two models on the same lanes. */
    private static final class Pair {
        final long seed;
        final Random random;
        final int count;
        final SharedLanes shared;
        final Model fast;
        final Model slow;

        /** @param wrong factor by which the rates may be believed wrong at first, up or down */
        Pair(long seed, double ratio, double wrong, double jitter) {
            this.seed = seed;
            this.random = new Random(seed);
            this.count = 1 + (int) (seed % 4);
            this.shared = new SharedLanes(count, random, jitter);
            this.fast = model(2_000, wrong);
            this.slow = model(2_000 / ratio, wrong);
        }

        private Model model(double rate, double wrong) {
            BatchLimits limits = Limits.random(random, 800);
            double initial = rate * Math.pow(wrong, 2 * random.nextDouble() - 1);
            return shared.model(rate, initial, limits, 20, 20 + random.nextInt(180));
        }

        void keepBothBusy() {
            keepBusy(fast);
            keepBusy(slow);
        }

        void keepBusy(Model model) {
            model.keep(random.nextBoolean() ? Priority.INTERACTIVE : Priority.BATCH, 3_000);
        }

        /** Lane time of the one less that of the other, most less least, over any stretch of these batches. */
        long unfairness(List<CutBatch> cuts) {
            long balance = 0;
            long least = 0;
            long most = 0;
            for (CutBatch cut : cuts) {
                balance += cut.model() == fast ? cut.nanos() : -cut.nanos();
                least = Math.min(least, balance);
                most = Math.max(most, balance);
            }
            return most - least;
        }

        /**
         * Two batches of each model a lane, what the estimates of as many batches are wrong, and what interactive rows
         * get at once before their turn.
         */
        long bound(List<CutBatch> cuts) {
            return 2 * EARLY.toNanos()
                    + 2L
                            * count
                            * (longest(cuts, fast, CutBatch::nanos)
                                    + longest(cuts, slow, CutBatch::nanos)
                                    + longest(cuts, fast, Pair::error)
                                    + longest(cuts, slow, Pair::error));
        }

        List<CutBatch> cutsOf(Model model) {
            return shared.cuts.stream().filter(cut -> cut.model() == model).toList();
        }

        /** The longest batches of both models, one after the other. */
        long longest(ToLongFunction<CutBatch> time) {
            return longest(shared.cuts, fast, time) + longest(shared.cuts, slow, time);
        }

        private static long error(CutBatch cut) {
            return Math.abs(cut.nanos() - cut.estimatedNanos());
        }

        private static long longest(List<CutBatch> cuts, Model model, ToLongFunction<CutBatch> time) {
            return cuts.stream()
                    .filter(cut -> cut.model() == model)
                    .mapToLong(time)
                    .max()
                    .orElse(0);
        }

        void requireFairness(List<CutBatch> cuts) {
            assertThat(unfairness(cuts))
                    .as("lane time that one model has more than the other, seed %d", seed)
                    .isLessThanOrEqualTo(bound(cuts));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "20, 1", "4, 5", "20, 20", "1, 20"})
    void busyModelsGetEqualLaneTime(double ratio, double wrong) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Pair pair = new Pair(seed, ratio, wrong, 0.1);
            pair.keepBothBusy();

            pair.shared.run(MINUTE);

            pair.requireFairness(pair.shared.cuts);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "20, 1", "20, 20"})
    void aModelThatWasIdleGetsNoMoreAndNoLess(double ratio, double wrong) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Pair pair = new Pair(seed, ratio, wrong, 0.1);
            boolean fastIsIdle = pair.random.nextBoolean();
            pair.keepBusy(fastIsIdle ? pair.slow : pair.fast);
            for (int time = 0; time < 3; time++) {
                pair.shared.run(Duration.ofSeconds(10 + pair.random.nextInt(20)));
                Model returning = fastIsIdle ? pair.fast : pair.slow;
                pair.keepBusy(returning);
                int first = pair.shared.cuts.size();

                pair.shared.run(MINUTE);

                pair.requireFairness(pair.shared.cuts.subList(first, pair.shared.cuts.size()));
                returning.keepNothing();
                pair.shared.run(MINUTE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, true", "4, true", "20, true", "1, false", "4, false", "20, false"})
    void aRowWaitsAsLongAsAdmissionExpected(double ratio, boolean othersGoOn) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Pair pair = new Pair(seed, ratio, 5, 0.05);
            pair.keepBothBusy();
            pair.shared.run(MINUTE);
            Model model = pair.random.nextBoolean() ? pair.fast : pair.slow;
            Priority priority = model.kept.keySet().iterator().next();
            model.keep(priority.other(), pair.random.nextInt(20_000));
            model.keep(priority, 5_000 + pair.random.nextInt(10_000));
            Model other = model == pair.fast ? pair.slow : pair.fast;
            Priority othersPriority = other.kept.keySet().iterator().next();
            other.keep(othersPriority, othersGoOn ? (long) (36_000 * other.rate / model.rate) : 3_000);
            pair.shared.run(Duration.ofMillis(1));
            Duration expected = model.batcher.backlog().expectedWait(priority);
            Answer<String> last = model.submit(priority, model.longest);
            model.keepNothing();
            if (!othersGoOn) {
                other.keepNothing();
            }

            pair.shared.await(last);

            Duration real = Duration.ofNanos(last.result().queueNanos());
            Duration allowed = expected.dividedBy(7).plusNanos(pair.longest(CutBatch::nanos));
            assertThat(real)
                    .as("wait of the last row on %d lanes, seed %d", pair.count, seed)
                    .isBetween(expected.minus(allowed), expected.plus(allowed));
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "20"})
    void eachModelKeepsTheSharesOfItsClasses(double ratio) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Pair pair = new Pair(seed, ratio, 5, 0.1);
            for (Model model : List.of(pair.fast, pair.slow)) {
                model.keep(Priority.INTERACTIVE, 3_000);
                model.keep(Priority.BATCH, 3_000);
            }

            pair.shared.run(MINUTE);

            pair.requireFairness(pair.shared.cuts);
            for (Model model : List.of(pair.fast, pair.slow)) {
                requireShares(pair.cutsOf(model), model.rate, seed);
            }
        }
    }

    /** In every stretch: four interactive tokens for one of a batch row, less or more a batch, and early rows. */
    private static void requireShares(List<CutBatch> cuts, double rate, long seed) {
        long balance = 0;
        long least = 0;
        long most = 0;
        long bound = 0;
        for (CutBatch cut : cuts) {
            long weighted = cut.priority() == Priority.INTERACTIVE ? cut.tokens() : -4 * cut.tokens();
            balance += weighted;
            least = Math.min(least, balance);
            most = Math.max(most, balance);
            bound = Math.max(bound, Math.abs(weighted));
        }
        assertThat(cuts.get(0).priority())
                .as("class of the first batch, seed %d", seed)
                .isEqualTo(Priority.INTERACTIVE);
        assertThat(most - least)
                .as("interactive tokens less four times those of batch rows, seed %d", seed)
                .isLessThanOrEqualTo(3 * bound + (long) (rate * EARLY.toNanos() / 1e9));
    }

    @Test
    void aClosedModelLeavesNothingBehind() throws InterruptedException {
        Pair pair = new Pair(3, 4, 1, 0);
        pair.keepBothBusy();
        pair.shared.run(MINUTE);
        int sharing = pair.fast.batcher.backlog().laneTime().others().size();
        pair.slow.keepNothing();
        pair.slow.batcher.handOver();
        pair.shared.run(MINUTE);

        pair.slow.batcher.close(Duration.ZERO);
        int first = pair.shared.cuts.size();
        pair.shared.run(MINUTE);

        assertThat(sharing).isOne();
        assertThat(pair.fast.batcher.backlog().laneTime().others()).isEmpty();
        assertThat(pair.shared.cuts.subList(first, pair.shared.cuts.size()))
                .isNotEmpty()
                .allMatch(cut -> cut.model() == pair.fast);
    }

    @Test
    void abortsWhatCannotBeComputedBesideAnotherModel() {
        SharedLanes shared = new SharedLanes(1, new Random(1), 0);
        Model model = shared.model(10, 10, Limits.WIDE, 10, 10);
        Model other = shared.model(100, 100, Limits.WIDE, 100, 100);
        Answer<String> inTime = model.submit(Priority.INTERACTIVE, 10);
        Answer<String> tooLate = model.submit(Priority.INTERACTIVE, 10);
        other.submit(Priority.BATCH, 100);

        int aborted = model.batcher.abortBeyond(Duration.ofSeconds(2));

        assertThat(aborted).isOne();
        assertThat(inTime.isOpen()).isTrue();
        assertThat(tooLate.failure()).isInstanceOf(BatcherClosedException.class);
    }

    @Test
    void admitsEverythingWhileNothingOfItsClassWaitsWhateverOthersHave() {
        SharedLanes shared = new SharedLanes(1, new Random(1), 0);
        Model model = shared.model(10, 10, Limits.waitingFor(Duration.ofMillis(1), Duration.ofMillis(1)), 10, 10);
        Model other = shared.model(1, 1, Limits.WIDE, 100, 100);
        other.submit(Priority.INTERACTIVE, 1_000_000);

        assertThat(model.batcher.admit(Priority.INTERACTIVE, 1_000_000)).isNotNull();
        assertThatThrownBy(() -> model.batcher.admit(Priority.INTERACTIVE, 1)).isInstanceOf(QueueFullException.class);
    }
}
