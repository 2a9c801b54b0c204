package dev.embedding.batch;

import dev.embedding.batch.Row.Waiter;
import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.DrainRate;
import dev.embedding.batch.admission.Priority;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
    private final BatchComputer<P, V> computer;
    private final LongSupplier clock;
    private final RowCache<V> rowCache;
    private final DrainRate rate;
    private final Condition idle;
    private final Lanes.WorkSource source = new Lanes.WorkSource() {
        @Override
        public Lanes.@Nullable Work cut() {
            return cutBatch(queue.next());
        }

        @Override
        public Lanes.@Nullable Work cutInteractive() {
            return cutBatch(Priority.INTERACTIVE);
        }

        @Override
        public boolean hasWaiting() {
            return !queue.isEmpty();
        }

        @Override
        public boolean hasInteractive() {
            return !queue.of(Priority.INTERACTIVE).isEmpty();
        }
    };

    // Guarded by lanes.lock.
    private final PriorityQueues<P, V> queue;
    private final MemoryBudget memory = new MemoryBudget();
    private final Map<Priority, Long> reservedTokens = new EnumMap<>(Priority.class);
    private BatchLimits limits;
    private int admissions;
    private final Set<List<Row<P, V>>> computing = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closed;
    private boolean moved;
    private boolean drained;

    /** Time by the clock until which submissions can still be computed; null when there is no limit. */
    private @Nullable Long endNanos;

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
        this.rowCache = rowCache;
        this.queue = new PriorityQueues<>(rowCache);
        this.computer = new BatchComputer<>(function, observer, new QueueLedger(), clock);
        this.limits = limits;
        this.clock = clock;
        this.rate = new DrainRate(Math.min(lanes.count(), limits.maxConcurrentBatches()), initialTokensPerSecond);
        this.idle = lanes.lock.newCondition();
        lanes.attach(source);
    }

    /** Waiting rows and tokens, and the measured rate of all lanes together. */
    public record Load(int rows, long tokens, double tokensPerSecond) {}

    public Load load() {
        lanes.lock.lock();
        try {
            return new Load(queue.size(), queue.tokens(), rate.tokensPerSecond());
        } finally {
            lanes.lock.unlock();
        }
    }

    /** Replaces the limits, from the next batch on. */
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

    /** Tokens ahead of a new row: queued ones, and estimates for admitted texts that are still being tokenized. */
    public Backlog backlog() {
        lanes.lock.lock();
        try {
            return new Backlog(tokensAhead(Priority.INTERACTIVE), tokensAhead(Priority.BATCH), rate.tokensPerSecond());
        } finally {
            lanes.lock.unlock();
        }
    }

    private long tokensAhead(Priority priority) {
        return queue.of(priority).tokens() + reservedTokens.getOrDefault(priority, 0L);
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
        lanes.lock.lock();
        try {
            Optional<QueueFullException> full = closed ? Optional.empty() : full(priority, estimatedTokens);
            if (full.isPresent()) {
                throw full.get();
            }
            return reserve(priority, estimatedTokens);
        } finally {
            lanes.lock.unlock();
        }
    }

    private Optional<QueueFullException> full(Priority priority, long estimatedTokens) {
        Backlog backlog = backlog();
        Duration wait = backlog.expectedWait(priority);
        long ahead = backlog.tokens(priority);
        boolean tooLong = wait.compareTo(limits.waits().of(priority)) > 0;
        return tooLong || ahead > 0 && ahead + estimatedTokens > limits.maxQueuedTokens()
                ? Optional.of(new QueueFullException(wait, limits.waits().retryAfter(priority, wait)))
                : Optional.empty();
    }

    /**
     * The exception that even the smallest submission of these classes would get now; of several classes that with the
     * shortest retry delay. Empty when one of them has room.
     */
    public Optional<QueueFullException> saturation(Set<Priority> classes) {
        lanes.lock.lock();
        try {
            if (closed) {
                return Optional.empty();
            }
            QueueFullException soonest = null;
            for (Priority priority : classes) {
                Optional<QueueFullException> full = full(priority, 0);
                if (full.isEmpty()) {
                    return Optional.empty();
                }
                if (soonest == null || full.get().retryAfter().compareTo(soonest.retryAfter()) < 0) {
                    soonest = full.get();
                }
            }
            return Optional.ofNullable(soonest);
        } finally {
            lanes.lock.unlock();
        }
    }

    /**
     * Like {@link #admit}, for rows that another batcher admitted and handed over: admitted whatever the queue holds.
     */
    public Admission admitMoved(Priority priority, long estimatedTokens) {
        lanes.lock.lock();
        try {
            return reserve(priority, estimatedTokens);
        } finally {
            lanes.lock.unlock();
        }
    }

    private Admission reserve(Priority priority, long estimatedTokens) {
        if (moved) {
            throw new MovedException();
        }
        if (closed) {
            throw new BatcherClosedException();
        }
        reservedTokens.merge(priority, estimatedTokens, Long::sum);
        admissions++;
        return new Admission(priority, estimatedTokens);
    }

    /** Reserved place in the queue. It ends with {@link #submit} or {@link #release}, whichever comes first. */
    public final class Admission {

        private final Priority priority;
        private final long estimatedTokens;
        private boolean ended;
        private boolean released;

        private Admission(Priority priority, long estimatedTokens) {
            this.priority = priority;
            this.estimatedTokens = estimatedTokens;
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
            return Uni.createFrom().emitter(emitter -> enqueue(this, rows, deadlineNanos, emitter));
        }

        /**
         * Releases the place unused; has no effect when it has ended already. A submission after a release, which
         * happens when the caller disconnects at that moment, is dropped silently.
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
            reservedTokens.merge(priority, -estimatedTokens, Long::sum);
            admissions--;
            return true;
        }
    }

    private void enqueue(
            Admission admission,
            List<BatchRow<P>> rows,
            long deadlineNanos,
            UniEmitter<? super BatchResult<V>> emitter) {
        Submission<P, V> submission =
                new Submission<>(admission.priority, rows.size(), clock.getAsLong(), deadlineNanos, emitter);
        // Before queueing, so that an earlier cancellation ends the submission too.
        emitter.onTermination(() -> cancel(submission));
        RuntimeException refusal = null;
        boolean complete = false;
        lanes.lock.lock();
        try {
            if (admission.released) {
                submission.end();
            } else if (!admission.end()) {
                refusal = new IllegalStateException("An admission is valid for one submission only");
            } else if (moved) {
                refusal = new MovedException();
                idle.signalAll();
            } else if (drained || !submission.isDone() && !isComputableInTime(tokensOf(rows) + queue.tokens())) {
                submission.end();
                refusal = new BatcherClosedException();
                idle.signalAll();
            } else if (!submission.isDone()) {
                lanes.wake(queue.add(submission, rows, submission.submittedNanos));
                complete = submission.isComplete();
                if (complete) {
                    idle.signalAll();
                }
            } else {
                idle.signalAll();
            }
        } finally {
            lanes.lock.unlock();
        }
        if (refusal != null) {
            emitter.fail(refusal);
        } else if (complete) {
            submission.complete(submission.submittedNanos);
        }
    }

    private void cancel(Submission<P, V> submission) {
        lanes.lock.lock();
        try {
            if (submission.end()) {
                queue.remove(submission);
                idle.signalAll();
            }
        } finally {
            lanes.lock.unlock();
        }
    }

    /** Called under the lanes' lock. */
    private Lanes.@Nullable Work cutBatch(Priority priority) {
        if (queue.of(priority).isEmpty() || computing.size() >= limits.maxConcurrentBatches()) {
            return null;
        }
        long now = clock.getAsLong();
        Set<Submission<P, V>> expired = new LinkedHashSet<>();
        List<Row<P, V>> batch = queue.cut(priority, limits.withTokenBudget(tokenBudget(now)), now, expired);
        computing.add(batch);
        long stillQueued = queue.tokens();
        BatchExecution<P, V> work = new BatchExecution<>(priority, computer, batch, () -> batchEnded(batch));
        if (!expired.isEmpty()) {
            work.beforeFirst(() -> expired.forEach(submission -> submission.fail(
                    new DeadlineExceededException(Duration.ofNanos(now - submission.submittedNanos), stillQueued))));
        }
        return work;
    }

    /**
     * The token budget, reduced after memory ran out, and where the measured rate is too low to compute it within
     * {@link BatchLimits#longestRun}.
     */
    private int tokenBudget(long now) {
        double tokensInTime =
                rate.tokensPerSecondOfOneLane() * limits.longestRun().toNanos() / 1e9;
        double inTime = Math.max(limits.tokenBudget() / 4.0, tokensInTime);
        return (int) Math.max(1, Math.min(Math.min(limits.tokenBudget(), memory.tokens(now)), inTime));
    }

    private void batchEnded(List<Row<P, V>> batch) {
        lanes.lock.lock();
        try {
            computing.remove(batch);
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
    }

    private final class QueueLedger implements BatchComputer.Ledger<P, V> {
        @Override
        public boolean hasWaiters(Row<P, V> row) {
            lanes.lock.lock();
            try {
                return row.hasWaiters();
            } finally {
                lanes.lock.unlock();
            }
        }

        @Override
        public void measured(long tokens, long nanos) {
            lanes.lock.lock();
            try {
                rate.measured(tokens, nanos);
            } finally {
                lanes.lock.unlock();
            }
        }

        @Override
        public void outOfMemory(List<Row<P, V>> rows) {
            lanes.lock.lock();
            try {
                memory.outOfMemory(computedTokens(rows), clock.getAsLong());
            } finally {
                lanes.lock.unlock();
            }
        }

        private long computedTokens(List<Row<P, V>> rows) {
            int longest = rows.stream().mapToInt(Row::tokens).max().orElseThrow();
            return limits.cost().computedTokens(new BatchCost.Shape(rows.size(), longest, tokens(rows), 0));
        }

        @Override
        public void settle(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
            cacheValues(rows, outcomes);
            List<Runnable> completions = new ArrayList<>();
            lanes.lock.lock();
            try {
                for (int index = 0; index < rows.size(); index++) {
                    Row<P, V> row = rows.get(index);
                    queue.removeInFlight(row);
                    for (Waiter<P, V> waiter : row.waiters()) {
                        MicroBatcher.this.settle(waiter, outcomes.get(index), completions);
                    }
                }
            } finally {
                lanes.lock.unlock();
            }
            completions.forEach(Runnable::run);
        }
    }

    private void cacheValues(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
        for (int index = 0; index < rows.size(); index++) {
            Object key = rows.get(index).content.key();
            if (key != null && outcomes.get(index) instanceof RowOutcome.Computed<V> computed) {
                rowCache.put(key, computed.value());
            }
        }
    }

    private void settle(Waiter<P, V> waiter, RowOutcome<V> outcome, List<Runnable> completions) {
        Submission<P, V> submission = waiter.submission;
        waiter.leave();
        if (submission.isDone()) {
            return; // The same row, at another index, has failed the submission already.
        }
        if (outcome instanceof RowOutcome.Computed<V> computed) {
            if (submission.accept(waiter.index, computed.value())) {
                long now = clock.getAsLong();
                completions.add(() -> submission.complete(now));
            }
        } else if (outcome instanceof RowOutcome.Failed<V> failed) {
            submission.end();
            queue.remove(submission);
            completions.add(() -> submission.fail(new RowFailedException(waiter.index, failed.reason())));
        }
    }

    /**
     * Stops taking rows. Submissions of which no row was cut fail with {@link MovedException}, also those that are
     * submitted later, so that their callers submit them to another batcher; started ones are finished. To be followed
     * by {@link #close}.
     */
    public void handOver() {
        Set<Submission<P, V>> moving = new LinkedHashSet<>();
        lanes.lock.lock();
        try {
            closed = true;
            moved = true; // INVARIANT: from here on, nothing is queued that could move.
            moving.addAll(end(queue.all(), submission -> !submission.isStarted()));
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
        moving.forEach(submission -> submission.fail(new MovedException()));
    }

    /**
     * Aborts, with {@link BatcherClosedException}, the submissions that are not expected to be computed within the
     * time: waiting ones at once, later ones when they are submitted.
     *
     * @return number of waiting submissions aborted
     */
    public int abortBeyond(Duration time) {
        List<Submission<P, V>> abandoned = new ArrayList<>();
        lanes.lock.lock();
        try {
            endNanos = clock.getAsLong() + time.toNanos();
            Map<Submission<P, V>, List<Row<P, V>>> waiting = new LinkedHashMap<>();
            for (Waiter<P, V> waiter : waiters(queue.all())) {
                waiting.computeIfAbsent(waiter.submission, submission -> new ArrayList<>())
                        .add(waiter.row);
            }
            long acceptedTokens = 0;
            for (Map.Entry<Submission<P, V>, List<Row<P, V>>> entry : waiting.entrySet()) {
                long tokens = tokens(entry.getValue());
                if (isComputableInTime(acceptedTokens + tokens)) {
                    acceptedTokens += tokens;
                } else {
                    queue.remove(entry.getKey());
                    if (entry.getKey().end()) {
                        abandoned.add(entry.getKey());
                    }
                }
            }
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
        abandoned.forEach(submission -> submission.fail(new BatcherClosedException()));
        return abandoned.size();
    }

    /** Aborts all pending submissions with {@link BatcherClosedException}, including those being computed. */
    public void abort() {
        abortBeyond(Duration.ZERO);
        List<Submission<P, V>> abandoned = new ArrayList<>();
        lanes.lock.lock();
        try {
            for (List<Row<P, V>> batch : computing) {
                abandoned.addAll(end(batch, submission -> true));
            }
        } finally {
            lanes.lock.unlock();
        }
        abandoned.forEach(submission -> submission.fail(new BatcherClosedException()));
    }

    private boolean isComputableInTime(long tokens) {
        return endNanos == null || tokens <= rate.tokensPerSecond() * (endNanos - clock.getAsLong()) / 1e9;
    }

    /**
     * Ends the matching submissions that wait for the rows. Called under the lock; the caller fails them outside of it.
     */
    private Set<Submission<P, V>> end(List<Row<P, V>> rows, Predicate<Submission<P, V>> filter) {
        Set<Submission<P, V>> ended = new LinkedHashSet<>();
        for (Waiter<P, V> waiter : waiters(rows)) {
            if (filter.test(waiter.submission) && waiter.submission.end()) {
                queue.remove(waiter.submission);
                ended.add(waiter.submission);
            }
        }
        return ended;
    }

    private static <P, V> long tokens(List<Row<P, V>> rows) {
        return rows.stream().mapToLong(Row::tokens).sum();
    }

    private static <P> long tokensOf(List<BatchRow<P>> rows) {
        return rows.stream().mapToLong(BatchRow::tokens).sum();
    }

    /** Snapshot of the rows' waiters, which may leave during iteration. */
    private static <P, V> List<Waiter<P, V>> waiters(List<Row<P, V>> rows) {
        return rows.stream().flatMap(row -> row.waiters().stream()).toList();
    }

    /**
     * Stops taking rows, waits until all admitted ones are completed, and detaches from the lanes. Rows that still wait
     * after {@code patience} fail with {@link BatcherClosedException}. Waits for running batches without a time limit.
     */
    public void close(Duration patience) throws InterruptedException {
        Set<Submission<P, V>> abandoned = new LinkedHashSet<>();
        lanes.lock.lock();
        try {
            closed = true;
            long nanosLeft = patience.toNanos();
            while (nanosLeft > 0 && (admissions > 0 || !queue.isEmpty() || !computing.isEmpty())) {
                nanosLeft = idle.awaitNanos(nanosLeft);
            }
            abandoned.addAll(end(queue.all(), submission -> true));
            drained = true; // INVARIANT: no row is queued after the waiting ones were aborted.
        } finally {
            lanes.lock.unlock();
        }
        abandoned.forEach(submission -> submission.fail(new BatcherClosedException()));
        detach();
    }

    private void detach() throws InterruptedException {
        lanes.lock.lock();
        try {
            while (!computing.isEmpty()) {
                idle.await();
            }
            lanes.detach(source);
        } finally {
            lanes.lock.unlock();
        }
    }
}
