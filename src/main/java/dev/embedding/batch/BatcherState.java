package dev.embedding.batch;

import dev.embedding.batch.Row.Waiter;
import dev.embedding.batch.admission.Backlog;
import dev.embedding.batch.admission.DrainRate;
import dev.embedding.batch.admission.LaneTime;
import dev.embedding.batch.admission.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a batcher that the lanes' lock guards: its queue and reserved places, its limits, the batches that
 * are being computed, and the phase that it is in. Calls nobody and completes nothing; that is done outside of the lock.
 */
final class BatcherState<P, V> {

    final PriorityQueues<P, V> queue;
    final Reservations reservations = new Reservations();
    final DrainRate rate;
    final MemoryBudget memory = new MemoryBudget();
    BatchLimits limits;
    Lifecycle lifecycle = Lifecycle.open();
    private final Set<List<Row<P, V>>> computing = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Supplier<LaneTime> laneTime;
    private final Condition idle;

    /**
     * @param laneTime time that tokens take now, beside what waits at other batchers; called under the lock
     * @param idle signalled when something ends that closing waits for
     */
    BatcherState(
            RowCache<V> rowCache, BatchLimits limits, DrainRate rate, Supplier<LaneTime> laneTime, Condition idle) {
        this.queue = new PriorityQueues<>(rowCache);
        this.limits = limits;
        this.rate = rate;
        this.laneTime = laneTime;
        this.idle = idle;
    }

    Backlog backlog() {
        return new Backlog(tokensAhead(Priority.INTERACTIVE), tokensAhead(Priority.BATCH), laneTime.get());
    }

    /** Lane time of what waits and of what is admitted, in seconds. */
    double waitingSeconds() {
        return (tokensAhead(Priority.INTERACTIVE) + tokensAhead(Priority.BATCH)) / rate.tokensPerSecondOfOneLane();
    }

    /** Expected lane time of a batch, in nanoseconds. */
    long laneNanos(List<Row<P, V>> batch) {
        long tokens = batch.stream().mapToLong(Row::tokens).sum();
        return LaneTime.nanos(batch.size(), tokens, rate.tokensPerSecondOfOneLane());
    }

    private long tokensAhead(Priority priority) {
        return queue.of(priority).tokens() + reservations.tokens(priority);
    }

    /**
     * Requires room for a submission of this size, unless nothing is admitted any more.
     *
     * @throws QueueFullException when there is none
     */
    void requireRoom(Priority priority, long estimatedTokens) {
        Optional<QueueFullException> full = lifecycle.isOpen() ? full(priority, estimatedTokens) : Optional.empty();
        if (full.isPresent()) {
            throw full.get();
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

    /** The rejection with the shortest retry delay of these classes; empty when one has room or nothing is admitted. */
    Optional<QueueFullException> saturation(Set<Priority> classes) {
        if (!lifecycle.isOpen()) {
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
    }

    Reservations.Place reserve(Priority priority, long estimatedTokens) {
        RuntimeException refusal = lifecycle.admissionRefusal();
        if (refusal != null) {
            throw refusal;
        }
        return reservations.reserve(priority, estimatedTokens);
    }

    /** Why rows cannot be queued any more; null when they can. */
    @Nullable
    RuntimeException refusal(List<BatchRow<P>> rows, long nowNanos) {
        RuntimeException refusal = lifecycle.submissionRefusal();
        if (refusal != null) {
            return refusal;
        }
        OptionalLong end = lifecycle.endNanos();
        if (end.isEmpty()) {
            return null;
        }
        long tokens = queue.tokens() + rows.stream().mapToLong(BatchRow::tokens).sum();
        return laneTime.get().suffices(tokens, end.getAsLong() - nowNanos) ? null : new BatcherClosedException();
    }

    boolean canCut(Priority priority) {
        return !queue.of(priority).isEmpty() && computing.size() < limits.maxConcurrentBatches();
    }

    /**
     * Takes the rows of the next batch out of the queue, to be computed.
     *
     * @param expired receives the submissions that were dropped because their deadline expired
     */
    List<Row<P, V>> cut(Priority priority, long nowNanos, Set<Submission<P, V>> expired) {
        List<Row<P, V>> batch = queue.cut(priority, limits.withTokenBudget(tokenBudget(nowNanos)), nowNanos, expired);
        computing.add(batch);
        return batch;
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

    void batchEnded(List<Row<P, V>> batch) {
        computing.remove(batch);
        idle.signalAll();
    }

    /** Wakes the thread that closes the batcher. */
    void signalProgress() {
        idle.signalAll();
    }

    /** Waits until nothing is admitted, waits or is computed any more, for at most this time. */
    void awaitIdle(Duration patience) throws InterruptedException {
        long nanosLeft = patience.toNanos();
        while (nanosLeft > 0 && (!reservations.isEmpty() || !queue.isEmpty() || !computing.isEmpty())) {
            nanosLeft = idle.awaitNanos(nanosLeft);
        }
    }

    void awaitComputed() throws InterruptedException {
        while (!computing.isEmpty()) {
            idle.await();
        }
    }

    /** Ends the waiting submissions that match; the caller fails them outside of the lock. */
    Set<Submission<P, V>> endWaiting(Predicate<Submission<P, V>> filter) {
        Set<Submission<P, V>> ended = end(queue.all(), filter);
        idle.signalAll();
        return ended;
    }

    /** Ends the submissions whose rows are being computed; the caller fails them outside of the lock. */
    Set<Submission<P, V>> endComputing() {
        Set<Submission<P, V>> ended = new LinkedHashSet<>();
        for (List<Row<P, V>> batch : computing) {
            ended.addAll(end(batch, submission -> true));
        }
        return ended;
    }

    /**
     * Sets the end, and ends the waiting submissions that are not expected to be computed before it; the caller fails
     * them outside of the lock.
     */
    List<Submission<P, V>> endBeyond(Duration time, long nowNanos) {
        lifecycle = lifecycle.endAt(nowNanos + time.toNanos());
        Map<Submission<P, V>, Long> waiting = new LinkedHashMap<>();
        for (Waiter<P, V> waiter : waiters(queue.all())) {
            waiting.merge(waiter.submission, (long) waiter.row.tokens(), Long::sum);
        }
        LaneTime shared = laneTime.get();
        List<Submission<P, V>> ended = new ArrayList<>();
        long acceptedTokens = 0;
        for (Map.Entry<Submission<P, V>, Long> entry : waiting.entrySet()) {
            if (shared.suffices(acceptedTokens + entry.getValue(), time.toNanos())) {
                acceptedTokens += entry.getValue();
            } else if (end(entry.getKey())) {
                ended.add(entry.getKey());
            }
        }
        idle.signalAll();
        return ended;
    }

    /** Ends a submission, whose waiting rows leave the queue; false when it was done already. */
    boolean end(Submission<P, V> submission) {
        boolean wasPending = submission.end();
        if (wasPending) {
            queue.remove(submission);
        }
        return wasPending;
    }

    /** Ends a submission whose caller has left. */
    void cancel(Submission<P, V> submission) {
        if (end(submission)) {
            idle.signalAll();
        }
    }

    private Set<Submission<P, V>> end(List<Row<P, V>> rows, Predicate<Submission<P, V>> filter) {
        Set<Submission<P, V>> ended = new LinkedHashSet<>();
        for (Waiter<P, V> waiter : waiters(rows)) {
            if (filter.test(waiter.submission) && end(waiter.submission)) {
                ended.add(waiter.submission);
            }
        }
        return ended;
    }

    /** Snapshot of the rows' waiters, which may leave during iteration. */
    private static <P, V> List<Waiter<P, V>> waiters(List<Row<P, V>> rows) {
        return rows.stream().flatMap(row -> row.waiters().stream()).toList();
    }
}
