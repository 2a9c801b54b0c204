package dev.embedding.batch;

import dev.embedding.batch.Submission.Row;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns single rows of many callers into batches of one model.
 *
 * <p>A caller is admitted (which reserves a place in the bounded queue before any work is spent on its texts) and then
 * submits its rows. A batch is cut when a lane becomes free, never before and never on a timer: an idle service adds no
 * wait, a busy one forms fuller batches by itself. Rows of cancelled callers leave the queue at once; rows past their
 * deadline are dropped when the batch is cut. A batch that fails as a whole is tried again row by row, so that only the
 * guilty rows fail.
 *
 * <p>Guarantees: every submission is answered exactly once, with a value for each row or with one failure; a row that
 * was cancelled before its batch was cut is never computed; {@link #close} returns only when nothing of this batcher is
 * being computed.
 */
public final class MicroBatcher<P, V> {

    private final Lanes lanes;
    private final BatchComputer<P, V> computer;
    private final LongSupplier clock;
    private final DrainRate rate;
    private final Condition idle;
    private final Lanes.WorkSource source = new Lanes.WorkSource() {
        @Override
        public Lanes.@Nullable Work cut() {
            return cutBatch();
        }

        @Override
        public boolean hasWaiting() {
            return !queue.isEmpty();
        }
    };

    // Guarded by lanes.lock.
    private final RowQueue<P, V> queue = new RowQueue<>();
    private BatchLimits limits;
    private long reservedTokens;
    private int admissions;
    private int batchesRunning;
    private boolean closed;
    private boolean moved;
    private boolean drained;

    /**
     * @param initialTokensPerSecond what one lane computes in a second, until it has been measured
     * @param clock monotonic nanoseconds
     */
    public MicroBatcher(
            Lanes lanes,
            BatchFunction<P, V> function,
            BatchLimits limits,
            double initialTokensPerSecond,
            BatchObserver observer,
            LongSupplier clock) {
        this.lanes = lanes;
        this.computer = new BatchComputer<>(function, observer, new QueueLedger(), clock);
        this.limits = limits;
        this.clock = clock;
        this.rate = new DrainRate(lanes.count(), initialTokensPerSecond);
        this.idle = lanes.lock.newCondition();
        lanes.attach(source);
    }

    /** What waits at this moment. */
    public record Load(int rows, long tokens, double tokensPerSecond) {}

    public Load load() {
        lanes.lock.lock();
        try {
            return new Load(queue.size(), queue.tokens(), rate.tokensPerSecond());
        } finally {
            lanes.lock.unlock();
        }
    }

    /** Takes effect with the next batch. */
    public void retune(BatchLimits newLimits) {
        lanes.lock.lock();
        try {
            limits = newLimits;
        } finally {
            lanes.lock.unlock();
        }
    }

    public BatchLimits limits() {
        lanes.lock.lock();
        try {
            return limits;
        } finally {
            lanes.lock.unlock();
        }
    }

    /**
     * Reserves room for a submission whose tokens are only estimated yet. With an empty queue every submission is taken.
     *
     * @throws QueueFullException when it would have to wait behind too much
     * @throws MovedException after {@link #handOver}
     * @throws BatcherClosedException when no more rows are taken
     */
    public Admission admit(long estimatedTokens) {
        lanes.lock.lock();
        try {
            long ahead = queue.tokens() + reservedTokens;
            if (!closed && ahead > 0 && ahead + estimatedTokens > limits.maxQueuedTokens()) {
                throw new QueueFullException(ahead, retryAfter(ahead));
            }
            return reserve(estimatedTokens);
        } finally {
            lanes.lock.unlock();
        }
    }

    /** Like {@link #admit}, for what another batcher admitted and handed over: it is taken however much waits. */
    public Admission admitMoved(long estimatedTokens) {
        lanes.lock.lock();
        try {
            return reserve(estimatedTokens);
        } finally {
            lanes.lock.unlock();
        }
    }

    private Admission reserve(long estimatedTokens) {
        if (moved) {
            throw new MovedException();
        }
        if (closed) {
            throw new BatcherClosedException();
        }
        reservedTokens += estimatedTokens;
        admissions++;
        return new Admission(estimatedTokens);
    }

    private Duration retryAfter(long tokens) {
        return Duration.ofSeconds(Math.max(1, (long) Math.ceil(tokens / rate.tokensPerSecond())));
    }

    /** A reserved place in the queue. It ends with {@link #submit} or {@link #release}, whichever comes first. */
    public final class Admission {

        private final long estimatedTokens;
        private boolean ended;
        private boolean released;

        private Admission(long estimatedTokens) {
            this.estimatedTokens = estimatedTokens;
        }

        /**
         * Queues the rows as soon as the answer is subscribed to. Cancelling the subscription drops the rows that are not
         * being computed yet.
         *
         * @param deadlineNanos on the batcher's clock; afterwards the answer is a {@link DeadlinePassedException}
         */
        public Uni<BatchResult<V>> submit(List<BatchRow<P>> rows, long deadlineNanos) {
            if (rows.isEmpty()) {
                throw new IllegalArgumentException("A submission has at least one row");
            }
            return Uni.createFrom().emitter(emitter -> enqueue(this, rows, deadlineNanos, emitter));
        }

        /**
         * Gives the place back unused; nothing happens when it has ended already. Whoever releases waits for no answer:
         * a submission that comes too late, because its caller went away just now, is dropped in silence.
         */
        public void release() {
            lanes.lock.lock();
            try {
                released |= end();
                idle.signalAll();
            } finally {
                lanes.lock.unlock();
            }
        }

        private boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            reservedTokens -= estimatedTokens;
            admissions--;
            return true;
        }
    }

    private void enqueue(
            Admission admission,
            List<BatchRow<P>> rows,
            long deadlineNanos,
            UniEmitter<? super BatchResult<V>> emitter) {
        Submission<P, V> submission = new Submission<>(rows, clock.getAsLong(), deadlineNanos, emitter);
        // Before queueing, so that a cancellation that has come already finds something to end.
        emitter.onTermination(() -> cancel(submission));
        RuntimeException refusal = null;
        lanes.lock.lock();
        try {
            if (admission.released) {
                submission.end();
            } else if (!admission.end()) {
                refusal = new IllegalStateException("An admission is good for one submission");
            } else if (moved) {
                refusal = new MovedException();
                idle.signalAll();
            } else if (drained) {
                refusal = new BatcherClosedException();
            } else if (!submission.isOver()) {
                submission.rows.forEach(queue::add);
                lanes.wake(rows.size());
            } else {
                idle.signalAll();
            }
        } finally {
            lanes.lock.unlock();
        }
        if (refusal != null) {
            emitter.fail(refusal);
        }
    }

    private void cancel(Submission<P, V> submission) {
        lanes.lock.lock();
        try {
            if (submission.end()) {
                submission.rows.forEach(queue::remove);
                idle.signalAll();
            }
        } finally {
            lanes.lock.unlock();
        }
    }

    /** Called under the lanes' lock. */
    private Lanes.@Nullable Work cutBatch() {
        if (queue.isEmpty() || batchesRunning >= limits.maxConcurrentBatches()) {
            return null;
        }
        long now = clock.getAsLong();
        Set<Submission<P, V>> late = new LinkedHashSet<>();
        List<Row<P, V>> candidates = liveCandidates(now, late);
        List<Row<P, V>> batch = new ArrayList<>();
        if (!candidates.isEmpty()) {
            int[] lengths = candidates.stream().mapToInt(Row::tokens).toArray();
            for (int chosen : BatchFormer.choose(lengths, limits.withTokenBudget(tokenBudget()))) {
                Row<P, V> row = candidates.get(chosen);
                queue.remove(row); // INVARIANT: a row leaves the queue once, so it is computed by one lane only.
                row.owner.cutAt(now);
                batch.add(row);
            }
        }
        batchesRunning++;
        long stillQueued = queue.tokens();
        return run -> {
            try {
                late.forEach(submission -> submission.fail(
                        new DeadlinePassedException(Duration.ofNanos(now - submission.submittedNanos), stillQueued)));
                if (!batch.isEmpty()) {
                    computer.compute(batch, run);
                }
            } finally {
                batchEnded();
            }
        };
    }

    /** The budget, less where the lanes are too slow to compute it in the time that a batch may hold a lane. */
    private int tokenBudget() {
        double tokensInTime =
                rate.tokensPerSecondOfOneLane() * limits.longestRun().toNanos() / 1e9;
        return (int) Math.max(1, Math.min(limits.tokenBudget(), Math.max(limits.tokenBudget() / 4.0, tokensInTime)));
    }

    private List<Row<P, V>> liveCandidates(long now, Set<Submission<P, V>> late) {
        while (true) {
            List<Row<P, V>> candidates = queue.oldest(limits.window());
            boolean dropped = false;
            for (Row<P, V> row : candidates) {
                if (row.queued && row.owner.isPastDeadline(now)) {
                    row.owner.end();
                    late.add(row.owner);
                    row.owner.rows.forEach(queue::remove);
                    dropped = true;
                }
            }
            if (!dropped) {
                return candidates;
            }
        }
    }

    private void batchEnded() {
        lanes.lock.lock();
        try {
            batchesRunning--;
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
    }

    private final class QueueLedger implements BatchComputer.Ledger<P, V> {
        @Override
        public boolean isWanted(Row<P, V> row) {
            lanes.lock.lock();
            try {
                return !row.owner.isOver();
            } finally {
                lanes.lock.unlock();
            }
        }

        @Override
        public void measured(long paddedTokens, long nanos) {
            lanes.lock.lock();
            try {
                rate.measured(paddedTokens, nanos);
            } finally {
                lanes.lock.unlock();
            }
        }

        @Override
        public void settle(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
            List<Runnable> answers = new ArrayList<>();
            lanes.lock.lock();
            try {
                for (int index = 0; index < rows.size(); index++) {
                    if (!rows.get(index).owner.isOver()) {
                        MicroBatcher.this.settle(rows.get(index), outcomes.get(index), answers);
                    }
                }
            } finally {
                lanes.lock.unlock();
            }
            answers.forEach(Runnable::run);
        }
    }

    private void settle(Row<P, V> row, RowOutcome<V> outcome, List<Runnable> answers) {
        Submission<P, V> submission = row.owner;
        if (outcome instanceof RowOutcome.Computed<V> computed) {
            if (submission.accept(row.index, computed.value())) {
                long now = clock.getAsLong();
                answers.add(() -> submission.answer(now));
            }
        } else if (outcome instanceof RowOutcome.Failed<V> failed) {
            submission.end();
            submission.rows.forEach(queue::remove);
            answers.add(() -> submission.fail(failed.reason()));
        }
    }

    /**
     * Takes no more rows. Submissions of which no row is being computed, now or later, fail with {@link MovedException},
     * for their callers to submit them elsewhere; begun ones are finished. {@link #close} follows.
     */
    public void handOver() {
        Set<Submission<P, V>> moving = new LinkedHashSet<>();
        lanes.lock.lock();
        try {
            closed = true;
            moved = true; // INVARIANT: nothing that could move is queued from here on.
            for (Row<P, V> row : queue.oldest(queue.size())) {
                if (!row.owner.isStarted()) {
                    queue.remove(row);
                    if (row.owner.end()) {
                        moving.add(row.owner);
                    }
                }
            }
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
        moving.forEach(submission -> submission.fail(new MovedException()));
    }

    /**
     * Takes no more rows, waits until all admitted ones are answered, and leaves the lanes. Those that still wait after
     * {@code patience} fail with {@link BatcherClosedException}. Batches being computed are always waited for.
     */
    public void close(Duration patience) throws InterruptedException {
        Set<Submission<P, V>> givenUp = new LinkedHashSet<>();
        lanes.lock.lock();
        try {
            closed = true;
            long nanosLeft = patience.toNanos();
            while (nanosLeft > 0 && (admissions > 0 || !queue.isEmpty() || batchesRunning > 0)) {
                nanosLeft = idle.awaitNanos(nanosLeft);
            }
            for (Row<P, V> row : queue.oldest(queue.size())) {
                queue.remove(row);
                if (row.owner.end()) {
                    givenUp.add(row.owner);
                }
            }
            drained = true; // INVARIANT: no row is queued after the waiting ones were given up.
        } finally {
            lanes.lock.unlock();
        }
        givenUp.forEach(submission -> submission.fail(new BatcherClosedException()));
        detach();
    }

    private void detach() throws InterruptedException {
        lanes.lock.lock();
        try {
            while (batchesRunning > 0) {
                idle.await();
            }
            lanes.detach(source);
        } finally {
            lanes.lock.unlock();
        }
    }
}
