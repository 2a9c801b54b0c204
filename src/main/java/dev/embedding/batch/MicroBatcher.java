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
 * Turns single rows of many callers into batches of one model.
 *
 * <p>A caller is admitted (which reserves a place in the queue before any work is spent on its texts, unless it would have
 * to wait for too long) and then submits its rows. A batch is of one class of rows, the interactive ones first. It is cut
 * when a lane becomes free, never before and never on a timer: an idle service adds no wait, a busy one forms fuller
 * batches by itself. Rows of cancelled callers leave the queue at once; rows past their deadline are dropped when the
 * batch is cut. A batch that fails as a whole is tried again ({@link BatchExecution}), so that only the guilty rows fail.
 *
 * <p>Guarantees: every submission is answered exactly once, with a value for each row or with one failure; a row that
 * was cancelled before its batch was cut is never computed; {@link #close} returns only when nothing of this batcher is
 * being computed, runs that were given up aside.
 */
public final class MicroBatcher<P, V> {

    private final Lanes lanes;
    private final BatchComputer<P, V> computer;
    private final LongSupplier clock;
    private final RowCache<V> rowMemory;
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

    /** After which nothing is answered any more, by the clock; null while no end is in sight. */
    private @Nullable Long endNanos;

    /**
     * @param initialTokensPerSecond what one lane computes in a second, until it has been measured
     * @param rowMemory where the values of rows with a key are kept, and found by later ones
     * @param clock monotonic nanoseconds
     */
    public MicroBatcher(
            Lanes lanes,
            BatchFunction<P, V> function,
            BatchLimits limits,
            double initialTokensPerSecond,
            BatchObserver observer,
            RowCache<V> rowMemory,
            LongSupplier clock) {
        this.lanes = lanes;
        this.rowMemory = rowMemory;
        this.queue = new PriorityQueues<>(rowMemory);
        this.computer = new BatchComputer<>(function, observer, new QueueLedger(), clock);
        this.limits = limits;
        this.clock = clock;
        this.rate = new DrainRate(Math.min(lanes.count(), limits.maxConcurrentBatches()), initialTokensPerSecond);
        this.idle = lanes.lock.newCondition();
        lanes.attach(source);
    }

    /** Rows and tokens that wait at this moment. */
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

    /** What a row that comes now waits behind: what is queued, and what is admitted and still being tokenized. */
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
     * Reserves room for a submission whose tokens are only estimated yet. While nothing of its class waits every submission
     * is taken.
     *
     * @throws QueueFullException when it would have to wait for longer than its class may
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
     * Why nothing of these classes would be admitted at this moment, however little it is; of several classes the one with
     * room first. Empty when one of them has room.
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

    /** Like {@link #admit}, for what another batcher admitted and handed over: it is taken however much waits. */
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

    /** A reserved place in the queue. It ends with {@link #submit} or {@link #release}, whichever comes first. */
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
         * Queues the rows as soon as the response is subscribed to. Cancelling the subscription drops the rows that are not
         * being computed yet.
         *
         * @param deadlineNanos on the batcher's clock; afterwards the response is a {@link DeadlineExceededException}
         */
        public Uni<BatchResult<V>> submit(List<BatchRow<P>> rows, long deadlineNanos) {
            if (rows.isEmpty()) {
                throw new IllegalArgumentException("A submission has at least one row");
            }
            return Uni.createFrom().emitter(emitter -> enqueue(this, rows, deadlineNanos, emitter));
        }

        /**
         * Gives the place back unused; nothing happens when it has ended already. Whoever releases waits for no response:
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
        // Before queueing, so that a cancellation that has come already finds something to end.
        emitter.onTermination(() -> cancel(submission));
        RuntimeException refusal = null;
        boolean complete = false;
        lanes.lock.lock();
        try {
            if (admission.released) {
                submission.end();
            } else if (!admission.end()) {
                refusal = new IllegalStateException("An admission is good for one submission");
            } else if (moved) {
                refusal = new MovedException();
                idle.signalAll();
            } else if (drained || !submission.isOver() && !isComputableInTime(tokensOf(rows) + queue.tokens())) {
                submission.end();
                refusal = new BatcherClosedException();
            } else if (!submission.isOver()) {
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
            submission.answer(submission.submittedNanos);
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
        Set<Submission<P, V>> late = new LinkedHashSet<>();
        List<Row<P, V>> batch = queue.cut(priority, limits.withTokenBudget(tokenBudget(now)), now, late);
        computing.add(batch);
        long stillQueued = queue.tokens();
        BatchExecution<P, V> work = new BatchExecution<>(priority, computer, batch, () -> batchEnded(batch));
        if (!late.isEmpty()) {
            work.first(() -> late.forEach(submission -> submission.fail(
                    new DeadlineExceededException(Duration.ofNanos(now - submission.submittedNanos), stillQueued))));
        }
        return work;
    }

    /**
     * The budget, less where memory did not suffice for it, and where the lanes are too slow to compute it in the time
     * that a batch may hold a lane.
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
        public boolean isWanted(Row<P, V> row) {
            lanes.lock.lock();
            try {
                return row.isWanted();
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
        public void tooLarge(List<Row<P, V>> rows) {
            lanes.lock.lock();
            try {
                memory.didNotSuffice(computedTokens(rows), clock.getAsLong());
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
            remember(rows, outcomes);
            List<Runnable> answers = new ArrayList<>();
            lanes.lock.lock();
            try {
                for (int index = 0; index < rows.size(); index++) {
                    Row<P, V> row = rows.get(index);
                    queue.arrived(row);
                    for (Waiter<P, V> waiter : row.waiters()) {
                        MicroBatcher.this.settle(waiter, outcomes.get(index), answers);
                    }
                }
            } finally {
                lanes.lock.unlock();
            }
            answers.forEach(Runnable::run);
        }
    }

    private void remember(List<Row<P, V>> rows, List<RowOutcome<V>> outcomes) {
        for (int index = 0; index < rows.size(); index++) {
            Object key = rows.get(index).content.key();
            if (key != null && outcomes.get(index) instanceof RowOutcome.Computed<V> computed) {
                rowMemory.put(key, computed.value());
            }
        }
    }

    private void settle(Waiter<P, V> waiter, RowOutcome<V> outcome, List<Runnable> answers) {
        Submission<P, V> submission = waiter.submission;
        waiter.leave();
        if (submission.isOver()) {
            return; // Another of its places had the same row, which failed.
        }
        if (outcome instanceof RowOutcome.Computed<V> computed) {
            if (submission.accept(waiter.index, computed.value())) {
                long now = clock.getAsLong();
                answers.add(() -> submission.answer(now));
            }
        } else if (outcome instanceof RowOutcome.Failed<V> failed) {
            submission.end();
            queue.remove(submission);
            answers.add(() -> submission.fail(new RowFailedException(waiter.index, failed.reason())));
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
            moving.addAll(end(queue.all(), submission -> !submission.isStarted()));
            idle.signalAll();
        } finally {
            lanes.lock.unlock();
        }
        moving.forEach(submission -> submission.fail(new MovedException()));
    }

    /**
     * Fails with {@link BatcherClosedException} what is not expected to be computed within the time: of what waits at
     * once, and of what is submitted from here on.
     *
     * @return how many waiting submissions failed
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
            long tokensKept = 0;
            for (Map.Entry<Submission<P, V>, List<Row<P, V>>> entry : waiting.entrySet()) {
                long tokens = tokens(entry.getValue());
                if (isComputableInTime(tokensKept + tokens)) {
                    tokensKept += tokens;
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

    /** Fails all that is not answered with {@link BatcherClosedException}, also what is being computed. */
    public void giveUp() {
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

    /** Ends those of the submissions that wait for the rows; called under the lock, they are told without it. */
    private Set<Submission<P, V>> end(List<Row<P, V>> rows, Predicate<Submission<P, V>> which) {
        Set<Submission<P, V>> ended = new LinkedHashSet<>();
        for (Waiter<P, V> waiter : waiters(rows)) {
            if (which.test(waiter.submission) && waiter.submission.end()) {
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

    /** Everybody who waits for the rows at this moment; they may leave while the list is gone through. */
    private static <P, V> List<Waiter<P, V>> waiters(List<Row<P, V>> rows) {
        return rows.stream().flatMap(row -> row.waiters().stream()).toList();
    }

    /**
     * Takes no more rows, waits until all admitted ones are answered, and leaves the lanes. Those that still wait after
     * {@code patience} fail with {@link BatcherClosedException}. Batches being computed are always waited for.
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
            drained = true; // INVARIANT: no row is queued after the waiting ones were given up.
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
