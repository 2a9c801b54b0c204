package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.embedding.batch.SharedLanes.Caller;
import dev.embedding.batch.SharedLanes.CutBatch;
import dev.embedding.batch.SharedLanes.Model;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shares of models in the lane time, waits of their interactive rows beside each other, and admission's expectations. */
class LaneShareTest {

    private static final int SEEDS = 12;
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int KEPT = 1_000;

    @Test
    void batchRowsOfModelsGetTheirShares() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Mix mix = new Mix(seed);
            mix.shares.keySet().forEach(model -> model.keep(Priority.BATCH, KEPT));

            mix.run(LONG);

            for (Model model : mix.busy()) {
                mix.requireShare(model, mix.leastOfBatchRows(model), "at all times");
            }
        }
    }

    /** Also beside models of which everything is marked as interactive. */
    @Test
    void everyModelGetsFourFifthsOfItsShareWhateverTheClasses() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Mix mix = new Mix(seed);
            for (Model model : mix.shares.keySet()) {
                keepAny(mix, model);
                if (mix.random.nextBoolean()) {
                    model.call(20, Duration.ofMillis(mix.random.nextInt(1_000)));
                }
            }

            mix.run(LONG);

            for (Model model : mix.busy()) {
                mix.requireShare(model, mix.least(model), "at all times");
            }
        }
    }

    private static void keepAny(Mix mix, Model model) {
        int classes = mix.random.nextInt(3);
        if (classes != 0) {
            model.keep(Priority.BATCH, KEPT);
        }
        if (classes != 1) {
            model.keep(Priority.INTERACTIVE, KEPT);
        }
    }

    /** Shares are set anew, models become idle and return, batchers are closed and new ones attached. */
    @Test
    void sharesHoldAfterEveryChange() throws InterruptedException {
        for (long seed = 0; seed < SEEDS; seed++) {
            Mix mix = new Mix(seed);
            mix.shares.keySet().forEach(model -> keepAny(mix, model));
            for (int change = 0; change < 8; change++) {
                mix.run(Duration.ofSeconds(mix.random.nextInt(20)));
                String event = change(mix, mix.any());
                mix.begin();

                mix.run(Duration.ofMinutes(1));

                for (Model model : mix.busy()) {
                    mix.requireShare(model, mix.least(model), "after " + event);
                }
            }
        }
    }

    private static String change(Mix mix, Model model) throws InterruptedException {
        switch (mix.random.nextInt(4)) {
            case 0 -> {
                mix.reshare(model);
                return "a new share";
            }
            case 1 -> {
                model.keepNothing();
                return "a model became idle";
            }
            case 2 -> {
                keepAny(mix, mix.add());
                return "a new model";
            }
            default -> {
                if (!model.kept.isEmpty() && mix.shares.size() > 2) {
                    model.keepNothing();
                    model.batcher.handOver();
                    mix.run(Duration.ofMinutes(1));
                    model.batcher.close(Duration.ZERO);
                    mix.shares.remove(model);
                    return "a model was closed";
                }
                keepAny(mix, model);
                return "a model has work again";
            }
        }
    }

    /** Callers that leave their model's part before the turn unused, beside batch rows and a flood of interactive ones. */
    @Test
    void anInteractiveRowWaitsForOneRunningBatchWhateverTheShares() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Mix mix = new Mix(seed);
            List<Caller> callers = new ArrayList<>();
            Model flooded = mix.random.nextBoolean() ? mix.any() : null;
            for (Model model : mix.shares.keySet()) {
                model.keep(Priority.BATCH, KEPT);
                if (model == flooded) {
                    model.keep(Priority.INTERACTIVE, KEPT);
                } else {
                    callers.add(model.call(20, pause(mix, 20 / model.rate)));
                }
            }

            mix.run(LONG);

            for (Caller caller : callers) {
                assertThat(caller.waits).as("waits, seed %d", seed).hasSizeGreaterThan(10);
                assertThat(Collections.max(caller.waits))
                        .as(
                                "longest wait at model %d with shares %s on %d lanes, seed %d",
                                mix.shared.models.indexOf(caller.model), mix.shares.values(), mix.lanes, seed)
                        .isLessThanOrEqualTo(longestWait(mix, caller.model));
            }
        }
    }

    /** Time in which a row's lane time is repaid, beside every other model that owes as much. */
    private static Duration pause(Mix mix, double seconds) {
        return Duration.ofNanos((long) (1.5e9 * seconds * 5 * mix.shares.size() / mix.lanes));
    }

    /** The longest batch, and an interactive batch of each other model. */
    private static long longestWait(Mix mix, Model model) {
        long wait = 0;
        for (Model other : mix.shares.keySet()) {
            wait = Math.max(wait, mix.longest(other, CutBatch::nanos));
        }
        for (Model other : mix.shares.keySet()) {
            wait += other == model ? 0 : mix.longestInteractive(other);
        }
        return wait;
    }

    /** A caller without a pause, who has more than a small share, takes nothing from the batch rows of its own model. */
    @Test
    void noClassOfAnyModelStarves() {
        for (long seed = 0; seed < 2 * SEEDS; seed++) {
            Mix mix = new Mix(seed);
            for (Model model : mix.shares.keySet()) {
                model.keep(Priority.BATCH, KEPT);
                if (mix.random.nextBoolean()) {
                    model.call(20, Duration.ZERO);
                } else {
                    model.keep(Priority.INTERACTIVE, KEPT);
                }
            }

            mix.run(LONG);

            for (Model model : mix.busy()) {
                double batchRows = mix.nanos(cut -> cut.model() == model && cut.priority() == Priority.BATCH);
                double interactive = mix.nanos(cut -> cut.model() == model && cut.priority() == Priority.INTERACTIVE);
                String described = "model " + mix.shared.models.indexOf(model) + " with shares " + mix.shares.values()
                        + " on " + mix.lanes + " lanes, seed " + seed;
                assertThat(batchRows).as("batch rows of %s", described).isGreaterThanOrEqualTo(mix.least(model) / 5);
                assertThat(interactive).as("interactive rows of %s", described).isPositive();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 0.5", "4, 1, 1, 0.8", "1, 4, 1, 0.2", "1, 100, 1, 0.0099", "100, 1, 1, 0.99", "1, 4, 4, 0.2"})
    void twoModelsAreServedInTheRatioOfTheirShares(int share, int othersShare, int lanes, double part) {
        SharedLanes shared = new SharedLanes(lanes, new Random(5), 0);
        Model model = shared.model(2_000, 2_000, Limits.WIDE.withTokenBudget(200), 20, 100);
        Model other = shared.model(500, 500, Limits.WIDE.withTokenBudget(200), 20, 100);
        model.batcher.retuneShare(share);
        other.batcher.retuneShare(othersShare);
        model.keep(Priority.BATCH, 3_000);
        other.keep(Priority.BATCH, 3_000);

        shared.run(Duration.ofMinutes(20));

        long own = shared.cuts.stream()
                .filter(cut -> cut.model() == model)
                .mapToLong(CutBatch::nanos)
                .sum();
        long all = shared.cuts.stream().mapToLong(CutBatch::nanos).sum();
        assertThat((double) own / all).isCloseTo(part, within(0.006));
    }

    @Test
    void rejectsAShareBelowOne() {
        Model model = new SharedLanes(1, new Random(1), 0).model(10, 10, Limits.WIDE, 10, 10);

        assertThatThrownBy(() -> model.batcher.retuneShare(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The share must be at least 1, not 0");
    }

    @Test
    void aClosedBatcherKeepsNoShare() throws InterruptedException {
        Model model = new SharedLanes(1, new Random(1), 0).model(10, 10, Limits.WIDE, 10, 10);
        model.batcher.close(Duration.ZERO);

        model.batcher.retuneShare(5);

        assertThat(model.batcher.backlog().laneTime().others()).isEmpty();
    }

    /** Within a half to eight sevenths of the expected wait, and the batches that cannot be foreseen. */
    @Test
    void aRowWaitsAsLongAsAdmissionExpectedWhateverTheShares() {
        for (long seed = 0; seed < 2 * SEEDS; seed++) {
            Mix mix = new Mix(seed);
            boolean othersGoOn = mix.random.nextBoolean();
            mix.shares.keySet().forEach(model -> model.keep(Priority.BATCH, KEPT));
            mix.run(Duration.ofMinutes(2));
            Model model = mix.any();
            Priority priority = mix.random.nextBoolean() ? Priority.BATCH : Priority.INTERACTIVE;
            model.keepNothing();
            model.keep(priority, 3_000 + mix.random.nextInt(3_000));
            if (othersGoOn) {
                mix.keepOthersBusy(model, 10_000);
            }
            mix.run(Duration.ofMillis(1));
            Duration expected = model.batcher.backlog().expectedWait(priority);
            Answer<String> last = model.submit(priority, model.longest);
            model.keepNothing();
            for (Model other : mix.shares.keySet()) {
                if (!othersGoOn) {
                    other.keepNothing();
                }
            }

            mix.shared.await(last);

            assertThat(Duration.ofNanos(last.result().queueNanos()))
                    .as(
                            "wait of the last of %s rows at model %d with shares %s on %d lanes, seed %d",
                            priority, mix.shared.models.indexOf(model), mix.shares.values(), mix.lanes, seed)
                    .isLessThanOrEqualTo(expected.multipliedBy(8).dividedBy(7).plus(mix.unforeseen(model)))
                    .isGreaterThanOrEqualTo(expected.dividedBy(2).minus(mix.unforeseen(model)));
        }
    }
}
