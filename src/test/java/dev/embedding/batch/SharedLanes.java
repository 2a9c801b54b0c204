package dev.embedding.batch;

import dev.embedding.batch.LaneState.Assignment;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Lanes that the batchers of several models share, simulated by events: a batch occupies its lane for its tokens ÷ the
 * true rate of its model, and batches of different lanes overlap. The express lane computes as fast as the others.
 */
final class SharedLanes {

    final Lanes lanes;
    final List<Model> models = new ArrayList<>();
    final List<CutBatch> cuts = new ArrayList<>();
    private final List<Caller> callers = new ArrayList<>();
    private final Random random;
    private final double jitter;
    private final PriorityQueue<CutBatch> running = new PriorityQueue<>(Comparator.comparingLong(CutBatch::endNanos));
    private final TreeSet<Integer> free = new TreeSet<>();
    private long nowNanos;
    /** End of the batch that is being computed. */
    private long endNanos;

    /** @param jitter relative deviation of the times of batches */
    SharedLanes(int count, Random random, double jitter) {
        this.lanes = new Lanes(count, () -> nowNanos);
        this.random = random;
        this.jitter = jitter;
        for (int lane = 0; lane < count; lane++) {
            free.add(lane);
        }
    }

    void useExpressLane() {
        free.add(lanes.express());
    }

    /** Batch that was cut, with its estimated and its actual lane time. */
    record CutBatch(
            int lane,
            Model model,
            Assignment assignment,
            long tokens,
            long estimatedNanos,
            long startNanos,
            long nanos) {
        long endNanos() {
            return startNanos + nanos;
        }

        Priority priority() {
            return assignment.work.priority();
        }
    }

    /** Model with a constant rate, whose rows have lengths up to a limit. */
    final class Model {
        final MicroBatcher<Integer, String> batcher;
        final double rate;
        final int shortest;
        final int longest;
        /** Tokens of each class that wait at least; 0 while it is idle. */
        final Map<Priority, Long> kept = new EnumMap<>(Priority.class);

        private Model(double rate, double initialRate, BatchLimits limits, int shortest, int longest) {
            this.rate = rate;
            this.shortest = shortest;
            this.longest = longest;
            this.batcher = new MicroBatcher<>(
                    lanes,
                    (rows, run) -> computed(rows),
                    limits,
                    initialRate,
                    (rows, tokens, padded, nanos) -> {},
                    RowCache.none(),
                    () -> nowNanos);
        }

        /** Always has this many tokens of a class waiting. */
        void keep(Priority priority, long tokens) {
            kept.put(priority, tokens);
        }

        void keepNothing() {
            kept.clear();
        }

        Answer<String> submit(Priority priority, int tokens) {
            return Answer.to(batcher.admitMoved(priority, tokens)
                    .submit(
                            List.of(new BatchRow<>(tokens, tokens)),
                            nowNanos + Duration.ofDays(9).toNanos()));
        }

        /** Has a caller who sends one interactive row, and the next one a pause after its result. */
        Caller call(int tokens, Duration pause) {
            Caller caller = new Caller(this, tokens, pause);
            callers.add(caller);
            return caller;
        }

        private void refill() {
            kept.forEach((priority, tokens) -> {
                long waiting = batcher.backlog().tokens(priority);
                while (waiting < tokens) {
                    int length = shortest + random.nextInt(longest - shortest + 1);
                    submit(priority, length);
                    waiting += length;
                }
            });
        }

        long waiting() {
            return batcher.load().tokens();
        }
    }

    /** Caller of one interactive row at a time. */
    final class Caller {
        final Model model;
        /** Times from submission to the cut. */
        final List<Long> waits = new ArrayList<>();

        private final int tokens;
        private final Duration pause;
        private @Nullable Answer<String> answer;
        private long nextNanos;

        private Caller(Model model, int tokens, Duration pause) {
            this.model = model;
            this.tokens = tokens;
            this.pause = pause;
            this.nextNanos = nowNanos;
        }

        private void proceed() {
            if (answer != null && !answer.isOpen()) {
                waits.add(answer.result().queueNanos());
                nextNanos = nowNanos + pause.toNanos();
                answer = null;
            }
            if (answer == null && nextNanos <= nowNanos) {
                answer = model.submit(Priority.INTERACTIVE, tokens);
            }
        }

        private long nextNanos() {
            return answer == null ? nextNanos : Long.MAX_VALUE;
        }
    }

    Model model(double rate, double initialRate, BatchLimits limits, int shortest, int longest) {
        Model model = new Model(rate, initialRate, limits, shortest, longest);
        models.add(model);
        return model;
    }

    /** The batch that is being computed ends now. */
    private List<RowOutcome<String>> computed(List<Integer> rows) {
        nowNanos = endNanos;
        return Collections.nCopies(rows.size(), new RowOutcome.Computed<>("computed"));
    }

    /** Goes on for a time. */
    void run(Duration time) {
        long untilNanos = nowNanos + time.toNanos();
        startBatches();
        while (nextNanos() <= untilNanos) {
            proceed();
        }
        nowNanos = untilNanos;
    }

    /** Goes on until a submission is complete. */
    void await(Answer<String> answer) {
        startBatches();
        while (answer.isOpen()) {
            proceed();
        }
    }

    private long nextNanos() {
        long next = running.isEmpty() ? Long.MAX_VALUE : running.peek().endNanos();
        for (Caller caller : callers) {
            next = Math.min(next, caller.nextNanos());
        }
        return next;
    }

    private void proceed() {
        long next = nextNanos();
        if (!running.isEmpty() && running.peek().endNanos() == next) {
            endBatch(running.remove());
        } else {
            nowNanos = next;
        }
        startBatches();
    }

    private void endBatch(CutBatch batch) {
        nowNanos = batch.startNanos();
        endNanos = batch.endNanos();
        lanes.compute(batch.assignment());
        free.add(batch.lane());
    }

    private void startBatches() {
        callers.forEach(Caller::proceed);
        models.forEach(Model::refill);
        while (startBatch()) {
            models.forEach(Model::refill);
        }
    }

    /** Starts a batch on a lane that is free; false when nothing can be cut. */
    private boolean startBatch() {
        long[] before = models.stream().mapToLong(Model::waiting).toArray();
        for (int lane : free) {
            Assignment assignment = lanes.assign(lane);
            if (assignment != null) {
                free.remove(lane);
                started(lane, assignment, before);
                return true;
            }
        }
        return false;
    }

    private void started(int lane, Assignment assignment, long[] before) {
        int index = 0;
        while (models.get(index).waiting() == before[index]) {
            index++;
        }
        Model model = models.get(index);
        long tokens = before[index] - model.waiting();
        long nanos = (long) (tokens * 1e9 / model.rate * (1 + jitter * (2 * random.nextDouble() - 1)));
        CutBatch batch = new CutBatch(lane, model, assignment, tokens, assignment.work.laneNanos(), nowNanos, nanos);
        running.add(batch);
        cuts.add(batch);
    }
}
