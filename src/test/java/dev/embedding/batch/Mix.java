package dev.embedding.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.batch.SharedLanes.CutBatch;
import dev.embedding.batch.SharedLanes.Model;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Random mix of two to four models with shares from 1 to 100, whose rates differ by a factor of up to 20, on one to four
 * lanes.
 */
final class Mix {

    private static final long EARLY_NANOS = Duration.ofMillis(250).toNanos();

    final long seed;
    final Random random;
    final int lanes;
    final SharedLanes shared;
    final Map<Model, Integer> shares = new LinkedHashMap<>();
    private int first;

    Mix(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.lanes = 1 + (int) (seed % 4);
        this.shared = new SharedLanes(lanes, random, 0.1);
        if (random.nextInt(4) > 0) {
            shared.useExpressLane();
        }
        int models = 2 + (int) (seed / 4 % 3);
        for (int model = 0; model < models; model++) {
            add();
        }
    }

    /** A number that is as likely between 1 and 10 as between 10 and 100. */
    private double logarithmic(double most) {
        return Math.pow(most, random.nextDouble());
    }

    Model add() {
        double rate = 2_000 / logarithmic(20);
        BatchLimits limits = Limits.random(random, 300);
        Model model = shared.model(
                rate, rate * Math.pow(3, 2 * random.nextDouble() - 1), limits, 20, 20 + random.nextInt(180));
        reshare(model);
        return model;
    }

    private int share(Model model) {
        return Objects.requireNonNull(shares.get(model));
    }

    void reshare(Model model) {
        int share = (int) logarithmic(101);
        model.batcher.retuneShare(share);
        shares.put(model, share);
    }

    Model any() {
        List<Model> models = List.copyOf(shares.keySet());
        return models.get(random.nextInt(models.size()));
    }

    void run(Duration time) {
        shared.run(time);
    }

    /** What is measured begins here. */
    void begin() {
        first = shared.cuts.size();
    }

    /** Lane time of the batches since {@link #begin} that match. */
    long nanos(Predicate<CutBatch> filter) {
        return cuts().stream().filter(filter).mapToLong(CutBatch::nanos).sum();
    }

    private List<CutBatch> cuts() {
        return shared.cuts.subList(first, shared.cuts.size());
    }

    /** Least lane time that a busy model must have had, if batch rows were all that waited. */
    double leastOfBatchRows(Model model) {
        return least(model, 1, 1, 0);
    }

    /** Least lane time that a busy model must have had. */
    double least(Model model) {
        return least(model, 0.8, 2, EARLY_NANOS);
    }

    private double least(Model model, double part, int batches, long earlyNanos) {
        List<Model> busy =
                shares.keySet().stream().filter(other -> !other.kept.isEmpty()).toList();
        int sum = busy.stream().mapToInt(this::share).sum();
        long ofBusy = nanos(cut -> busy.contains(cut.model()));
        double lanesAndExpress = lanes + 1.0;
        double others = 0;
        for (Model other : busy) {
            others += batches * lanesAndExpress * longest(other) + earlyNanos;
        }
        return (part * ofBusy - others) * share(model) / sum - batches * lanesAndExpress * longest(model);
    }

    /** The longest batch of a model, and what an estimate was wrong. */
    private long longest(Model model) {
        return longest(model, CutBatch::nanos) + longest(model, cut -> Math.abs(cut.nanos() - cut.estimatedNanos()));
    }

    long longest(Model model, ToLongFunction<CutBatch> time) {
        return shared.cuts.stream()
                .filter(cut -> cut.model() == model)
                .mapToLong(time)
                .max()
                .orElse(0);
    }

    long longestInteractive(Model model) {
        return longest(model, cut -> cut.priority() == Priority.INTERACTIVE ? cut.nanos() : 0);
    }

    /** Requires that a model had its share since {@link #begin}. */
    void requireShare(Model model, double least, String event) {
        assertThat((double) nanos(cut -> cut.model() == model))
                .as(
                        "lane time of model %d with shares %s on %d lanes %s, seed %d",
                        shared.models.indexOf(model), List.copyOf(shares.values()), lanes, event, seed)
                .isGreaterThanOrEqualTo(least);
    }

    /** Gives every other model as much batch work as it can have while this model computes so many tokens. */
    void keepOthersBusy(Model model, long tokens) {
        for (Model other : shares.keySet()) {
            if (other != model) {
                double seconds = tokens / model.rate * share(other) / share(model);
                other.keep(Priority.BATCH, 1_000 + (long) (seconds * other.rate));
            }
        }
    }

    /** Time of a batch of each model, and what the others have meanwhile for one of this model. */
    Duration unforeseen(Model model) {
        double own = longest(model, CutBatch::nanos);
        double nanos = own;
        for (Model other : shares.keySet()) {
            if (other != model) {
                nanos += longest(other, CutBatch::nanos) + own * share(other) / share(model);
            }
        }
        return Duration.ofNanos((long) nanos);
    }

    /** The models that have work all the time. */
    List<Model> busy() {
        List<Model> busy = new ArrayList<>(shares.keySet());
        busy.removeIf(model -> model.kept.isEmpty());
        return busy;
    }
}
