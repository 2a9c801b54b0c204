package dev.embedding.batch;

import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.DrainRate;
import dev.embedding.batch.admission.LaneTime;
import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Dynamic batching for one model: collects the rows of concurrent requests into batches.
 *
 * <p>A request is first admitted, which reserves a place in the queue before any work is spent on its texts, or
 * rejected when the expected wait is too long. It then submits its rows. All rows of a batch have the same priority;
 * interactive ones go first. A batch is cut when a lane becomes free, never before and never on a timer: an idle
 * service adds no latency, and under load batches become fuller. Rows of cancelled requests leave the queue at once;
 * rows past their deadline are dropped when the batch is cut. A batch that fails as a whole is retried in parts
 * ({@link BatchExecution}), so that only the rows that cause the failure fail.
 *
 * <p>Guarantees: every submission is completed exactly once, with a value for each row or with one failure, unless it
 * is cancelled; a row that was cancelled before its batch was cut is never computed; {@link #close} returns only when
 * nothing of this batcher is being computed, except for abandoned runs.
 */
public final class MicroBatcher<P, V> {

    private final Lanes lanes;
    private final Guarded<BatcherState<P, V>> guarded;
    private final LongSupplier clock;
    private final Lanes.WorkSource source;

    /**
     * @param initialTokensPerSecond rate of one lane until it has been measured
     * @param rowCache values of rows that have a key, for later equal rows
     * @param clock monotonic nanoseconds
     */
    public MicroBatcher(
            Lanes lanes,
            BatchFunction<P, V> function,
            BatchLimits limits,
            double initialTokensPerSecond,
            BatchObserver observer,
            RowCache<V> rowCache,
            LongSupplier clock) {
        this.lanes = lanes;
        this.clock = clock;
        DrainRate rate = new DrainRate(Math.min(lanes.count(), limits.maxConcurrentBatches()), initialTokensPerSecond);
        this.guarded = lanes.guard(
                new BatcherState<>(rowCache, limits, rate, () -> laneTime(rate), lanes.lock.newCondition()));
        this.source = new BatchSource<>(
                guarded,
                new BatchComputer<>(function, observer, new RowLedger<>(guarded, rowCache, clock), clock),
                clock);
        lanes.attach(source);
    }

    private LaneTime laneTime(DrainRate rate) {
        return LaneTime.of(rate, lanes.count(), lanes.waitingBeside(source));
    }

    /** Waiting rows and tokens, and the measured rate of all lanes together. */
    public record Load(int rows, long tokens, double tokensPerSecond) {}

    public Load load() {
        return guarded.locked(
                state -> new Load(state.queue.size(), state.queue.tokens(), state.rate.tokensPerSecond()));
    }

    /** Replaces the limits, from the next batch on. */
    public void retune(BatchLimits newLimits) {
        guarded.runLocked(state -> state.limits = newLimits);
    }

    /**
     * Sets this batcher's share of the lane time beside other batchers that have work, from the next batch on; 1 at
     * first. Has no effect once it is closed.
     */
    public void retuneShare(int share) {
        if (share < 1) {
            throw new IllegalArgumentException("The share must be at least 1, not " + share);
        }
        lanes.share(source, share);
    }

    public BatchLimits limits() {
        return guarded.locked(state -> state.limits);
    }

    /** Tokens ahead of a new row: queued ones, and estimates for admitted texts that are still being tokenized. */
    public Backlog backlog() {
        return guarded.locked(BatcherState::backlog);
    }

    /**
     * Reserves a place in the queue for a submission whose number of tokens is an estimate. While nothing of its class
     * waits, every submission is admitted.
     *
     * @throws QueueFullException when the expected wait exceeds the limit of its class, or its class has too many
     *     tokens waiting
     * @throws MovedException after {@link #handOver}
     * @throws BatcherClosedException when no more rows are taken
     */
    public Admission admit(Priority priority, long estimatedTokens) {
        return guarded.locked(state -> {
            state.requireRoom(priority, estimatedTokens);
            return new Admission(state.reserve(priority, estimatedTokens));
        });
    }

    /**
     * Like {@link #admit}, for rows that another batcher admitted and handed over: admitted whatever the queue holds.
     */
    public Admission admitMoved(Priority priority, long estimatedTokens) {
        return guarded.locked(state -> new Admission(state.reserve(priority, estimatedTokens)));
    }

    /**
     * The exception that even the smallest submission of these classes would get now; of several classes that with the
     * shortest retry delay. Empty when one of them has room.
     */
    public Optional<QueueFullException> saturation(Set<Priority> classes) {
        return guarded.locked(state -> state.saturation(classes));
    }

    /** Reserved place in the queue. It ends with {@link #submit} or {@link #release}, whichever comes first. */
    public final class Admission {

        private final Reservations.Place place;

        private Admission(Reservations.Place place) {
            this.place = place;
        }

        /**
         * Queues the rows as soon as the returned {@code Uni} is subscribed to. Cancelling the subscription drops the
         * rows that are not being computed yet.
         *
         * @param deadlineNanos on the batcher's clock; rows that still wait then fail with a
         *     {@link DeadlineExceededException}
         */
        public Uni<BatchResult<V>> submit(List<BatchRow<P>> rows, long deadlineNanos) {
            if (rows.isEmpty()) {
                throw new IllegalArgumentException("A submission has at least one row");
            }
            return Uni.createFrom().emitter(emitter -> enqueue(place, rows, deadlineNanos, emitter));
        }

        /**
         * Releases the place unused; has no effect when it has ended already. A submission after a release, which
         * happens when the caller disconnects at that moment, is dropped silently.
         */
        public void release() {
            guarded.runLocked(state -> {
                state.reservations.release(place);
                state.signalProgress();
            });
        }
    }

    private void enqueue(
            Reservations.Place place,
            List<BatchRow<P>> rows,
            long deadlineNanos,
            UniEmitter<? super BatchResult<V>> emitter) {
        Submission<P, V> submission =
                new Submission<>(place.priority, rows.size(), clock.getAsLong(), deadlineNanos, emitter);
        // Before queueing, so that an earlier cancellation ends the submission too.
        emitter.onTermination(() -> guarded.runLocked(state -> state.cancel(submission)));
        Optional<Runnable> outcome = guarded.locked(state -> enqueue(place, submission, rows, state));
        outcome.ifPresent(Runnable::run);
    }

    /** Queues rows, or ends their submission; returns what is left to do outside of the lock. */
    private Optional<Runnable> enqueue(
            Reservations.Place place, Submission<P, V> submission, List<BatchRow<P>> rows, BatcherState<P, V> state) {
        if (state.reservations.isReleased(place)) {
            submission.end();
            return Optional.empty();
        }
        if (!state.reservations.end(place)) {
            return Optional.of(
                    () -> submission.fail(new IllegalStateException("An admission is valid for one submission only")));
        }
        state.signalProgress();
        if (submission.isDone()) {
            return Optional.empty();
        }
        RuntimeException refusal = state.refusal(rows, clock.getAsLong());
        if (refusal != null) {
            submission.end();
            return Optional.of(() -> submission.fail(refusal));
        }
        boolean wasIdle = state.queue.isEmpty();
        int queued = state.queue.add(submission, rows, submission.submittedNanos);
        if (wasIdle && queued > 0) {
            lanes.activate(source);
        }
        lanes.wake(queued);
        return submission.isComplete()
                ? Optional.of(() -> submission.complete(submission.submittedNanos))
                : Optional.empty();
    }

    /**
     * Stops taking rows. Submissions of which no row was cut fail with {@link MovedException}, also those that are
     * submitted later, so that their callers submit them to another batcher; started ones are finished. To be followed
     * by {@link #close}.
     */
    public void handOver() {
        Set<Submission<P, V>> moving = guarded.locked(state -> {
            state.lifecycle = state.lifecycle.handOver(); // INVARIANT: from here on, nothing is queued that could move.
            return state.endWaiting(submission -> !submission.isStarted());
        });
        fail(moving, MovedException::new);
    }

    /**
     * Aborts, with {@link BatcherClosedException}, the submissions that are not expected to be computed within the
     * time: waiting ones at once, later ones when they are submitted.
     *
     * @return number of waiting submissions aborted
     */
    public int abortBeyond(Duration time) {
        List<Submission<P, V>> abandoned = guarded.locked(state -> state.endBeyond(time, clock.getAsLong()));
        fail(abandoned, BatcherClosedException::new);
        return abandoned.size();
    }

    /** Aborts all pending submissions with {@link BatcherClosedException}, including those being computed. */
    public void abort() {
        abortBeyond(Duration.ZERO);
        fail(guarded.locked(BatcherState::endComputing), BatcherClosedException::new);
    }

    /**
     * Stops taking rows, waits until all admitted ones are completed, and detaches from the lanes. Rows that still wait
     * after {@code patience} fail with {@link BatcherClosedException}. Waits for running batches without a time limit.
     */
    public void close(Duration patience) throws InterruptedException {
        Set<Submission<P, V>> abandoned = guarded.locked(state -> {
            state.lifecycle = state.lifecycle.close();
            state.awaitIdle(patience);
            // INVARIANT: no row is queued after the waiting ones were aborted.
            state.lifecycle = state.lifecycle.close().drained();
            return state.endWaiting(submission -> true);
        });
        fail(abandoned, BatcherClosedException::new);
        guarded.runLocked(state -> {
            state.awaitComputed();
            lanes.detach(source);
        });
    }

    private static <P, V> void fail(Collection<Submission<P, V>> submissions, Supplier<RuntimeException> reason) {
        submissions.forEach(submission -> submission.fail(reason.get()));
    }
}
