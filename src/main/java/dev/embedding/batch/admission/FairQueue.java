package dev.embedding.batch.admission;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Order in which sources of work get the lanes: the one that has used the least lane time ÷ its share first (weighted
 * start-time fair queueing, Goyal, Vin and Cheng 1996), except that interactive rows of a source that uses few go
 * before its turn.
 *
 * <p><b>Turns.</b> A batch is charged to its source when it is cut, by an estimate, so that the next lane sees it, and
 * corrected to the time that it took when it ends. A source that was idle, or that could not use its turn, becomes level
 * with the others: saved up is nothing. A change of share is in force from the next batch on.
 *
 * <p><b>Before the turn.</b> Otherwise a query of a source with a small share would wait for as many batches of another
 * as their shares differ. All sources together may have a fifth of the lane time for it, divided evenly among those that
 * use it, and each a quarter of a second at once. This time is charged too, but no more of it than turns were charged:
 * rows that wait for their turn never starve.
 *
 * <p>Guarantees, over any period in which a source has work all the time, where {@code w} is its part of the shares of
 * the sources that have any: it gets {@code w} of the lane time, if batch rows are all that waits, less one batch of
 * each source a lane and what the estimates of these are wrong. With interactive rows it gets at least {@code 4/5 · w},
 * less two batches of each source a lane, a quarter of a second for each, and what the estimates are wrong; and {@code
 * w} while no source has more time before its turns than in them. Not thread-safe; guarded by the lanes' lock.
 */
public final class FairQueue<S> {

    /** Part of the lane time that interactive rows may take before their sources' turns. */
    static final double EARLY_PART = 0.2;

    /** Lane time that a source may take at once before its turn. */
    static final double EARLY_NANOS = 250e6;

    private final int lanes;
    private final Predicate<S> isWaiting;
    private final LongSupplier clock;
    private final List<LaneAccount<S>> accounts = new ArrayList<>();
    private long repaidUntilNanos;

    private final List<S> order = new AbstractList<>() {
        @Override
        public S get(int index) {
            return accounts.get(index).source;
        }

        @Override
        public int size() {
            return accounts.size();
        }
    };

    /**
     * @param lanes number of batches that are computed at the same time
     * @param isWaiting whether a source has work that waits
     * @param clock monotonic nanoseconds
     */
    public FairQueue(int lanes, Predicate<S> isWaiting, LongSupplier clock) {
        this.lanes = lanes;
        this.isWaiting = isWaiting;
        this.clock = clock;
        this.repaidUntilNanos = clock.getAsLong();
    }

    /** Batch that is charged to a source by an estimate, until {@link #settle}. */
    public static final class Charge<S> {
        private final LaneAccount<S> account;
        private final long estimatedNanos;
        private final Priority priority;
        private final boolean isEarly;
        private final double interactiveNanos;

        private Charge(LaneAccount<S> account, long estimatedNanos, Priority priority, boolean isEarly) {
            this.account = account;
            this.estimatedNanos = estimatedNanos;
            this.priority = priority;
            this.isEarly = isEarly;
            account.begin(estimatedNanos);
            this.interactiveNanos = countInteractive(estimatedNanos);
        }

        /** INVARIANT: turns are counted up to the limit only, so a source that had many has no debt of them. */
        private double countInteractive(long nanos) {
            return priority == Priority.BATCH
                    ? 0
                    : account.addInteractive((double) nanos, isEarly ? Double.POSITIVE_INFINITY : EARLY_NANOS);
        }

        private void settle(long nanos) {
            account.end(estimatedNanos, nanos, isEarly);
            account.repayInteractive(interactiveNanos);
            countInteractive(nanos);
        }
    }

    /** Adds a source, which is idle and has a share of 1. */
    public void add(S source) {
        accounts.add(new LaneAccount<>(source));
        sort();
    }

    public void remove(S source) {
        accounts.removeIf(account -> account.source == source);
    }

    /** The share of a source; 1 once it is removed. */
    public int share(S source) {
        return order.contains(source) ? account(source).share() : 1;
    }

    /** Changes the share of a source; has no effect once it is removed. */
    public void share(S source, int share) {
        if (order.contains(source)) {
            account(source).share(share, othersLevel(source));
            sort();
        }
    }

    /** The sources in the order of their turns; among equals the one served longest ago goes first. */
    public List<S> order() {
        return order;
    }

    /**
     * Of these sources, which have interactive rows waiting, the one whose interactive rows used the lanes the least
     * lately; null when all have used up what they may have before their turn.
     */
    public @Nullable S lightest(Predicate<S> candidate) {
        repayInteractive();
        LaneAccount<S> lightest = null;
        double least = EARLY_NANOS;
        for (LaneAccount<S> account : accounts) {
            if (account.interactiveNanos() < least && candidate.test(account.source)) {
                lightest = account;
                least = account.interactiveNanos();
            }
        }
        return lightest == null ? null : lightest.source;
    }

    private void repayInteractive() {
        long now = clock.getAsLong();
        double nanos = Math.max(0, now - repaidUntilNanos) * lanes * EARLY_PART;
        repaidUntilNanos = now;
        int owing = 0;
        for (LaneAccount<S> account : accounts) {
            owing += account.interactiveNanos() > 0 ? 1 : 0;
        }
        for (LaneAccount<S> account : accounts) {
            account.repayInteractive(nanos / Math.max(1, owing));
        }
    }

    /** Brings a source that was idle level with the active one that used the least; with all when none is active. */
    public void activate(S source) {
        account(source).raise(othersLevel(source));
        sort();
    }

    /** The level of the active source that used the least; of the one that used the most when none is active. */
    private double othersLevel(S source) {
        double level = 0;
        for (LaneAccount<S> other : accounts) {
            if (other.source != source) {
                level = other.level();
                if (other.isRunning() || isWaiting.test(other.source)) {
                    break;
                }
            }
        }
        return level;
    }

    /**
     * Charges a batch to the source whose turn it is. Those before it that wait could not be served: they become level
     * with it, as otherwise they would get all lanes for long once they can.
     */
    public Charge<S> serve(S source, long estimatedNanos, Priority priority) {
        double level = account(source).level();
        for (LaneAccount<S> other : accounts) {
            if (other.level() < level && isWaiting.test(other.source)) {
                other.raise(level);
            }
        }
        return charge(source, estimatedNanos, priority, false);
    }

    /** Charges a batch of interactive rows that are served before the source's turn. */
    public Charge<S> serveEarly(S source, long estimatedNanos) {
        return charge(source, estimatedNanos, Priority.INTERACTIVE, true);
    }

    /** Charges the rest of a batch that was abandoned, of which no estimate is known. */
    public Charge<S> resume(S source, Priority priority) {
        return charge(source, 0, priority, false);
    }

    private Charge<S> charge(S source, long estimatedNanos, Priority priority, boolean isEarly) {
        LaneAccount<S> account = account(source);
        Charge<S> charge = new Charge<>(account, estimatedNanos, priority, isEarly);
        accounts.remove(account);
        accounts.add(account);
        sort();
        return charge;
    }

    /** Replaces the estimate of a batch that has ended by the time that it took. */
    public void settle(Charge<S> charge, long nanos) {
        charge.settle(nanos);
        sort();
    }

    private LaneAccount<S> account(S source) {
        return accounts.get(order.indexOf(source));
    }

    private void sort() {
        accounts.sort(Comparator.comparingDouble(LaneAccount::level));
    }
}
