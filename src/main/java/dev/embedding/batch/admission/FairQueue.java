package dev.embedding.batch.admission;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Order in which sources of work get the lanes: the one that has used the least lane time first (start-time fair
 * queueing, Goyal, Vin and Cheng 1996).
 *
 * <p>A batch is charged to its source when it is cut, by an estimate, so that the next lane sees it, and corrected to
 * the time that it took when it ends. A source that was idle, or that could not use its turn, becomes level with the
 * others: saved up is nothing.
 *
 * <p>Guarantee: while two sources have work all the time, the lane time of one exceeds that of the other by at most one
 * batch a lane, and by what the estimates of the running batches are wrong. Not thread-safe; guarded by the lanes'
 * lock.
 */
public final class FairQueue<S> {

    private final List<Entry<S>> entries = new ArrayList<>();

    private final List<S> order = new AbstractList<>() {
        @Override
        public S get(int index) {
            return entries.get(index).source;
        }

        @Override
        public int size() {
            return entries.size();
        }
    };

    private static final class Entry<S> {
        final S source;

        /** Lane time, and what it was raised by to be level with others. */
        long usedNanos;

        Entry(S source) {
            this.source = source;
        }

        /** All sources have the same weight; another one would divide the time here. */
        void add(long nanos) {
            usedNanos += nanos;
        }

        void raise(long levelNanos) {
            usedNanos = Math.max(usedNanos, levelNanos);
        }
    }

    /** Adds a source, which is idle. */
    public void add(S source) {
        entries.add(new Entry<>(source));
        sort();
    }

    public void remove(S source) {
        entries.removeIf(entry -> entry.source == source);
    }

    /** The sources in the order in which they are served; among equals the one served longest ago goes first. */
    public List<S> order() {
        return order;
    }

    /** Brings a source that was idle level with the active one that used the least; with all when none is active. */
    public void activate(S source, Predicate<S> isActive) {
        long level = 0;
        for (Entry<S> other : entries) {
            if (other.source != source) {
                level = other.usedNanos; // In the end that of the one that used the most, unless one is active.
                if (isActive.test(other.source)) {
                    break;
                }
            }
        }
        entries.get(order.indexOf(source)).raise(level);
        sort();
    }

    /**
     * Records that a source is served for an estimated time. Those before it that wait could not be served: they become
     * level with it, as otherwise they would get all lanes for long once they can.
     */
    public void serve(S source, long estimatedNanos, Predicate<S> isWaiting) {
        Entry<S> served = entries.remove(order.indexOf(source));
        for (Entry<S> other : entries) {
            if (other.usedNanos < served.usedNanos && isWaiting.test(other.source)) {
                other.raise(served.usedNanos);
            }
        }
        served.add(estimatedNanos);
        entries.add(served);
        sort();
    }

    /** Like {@link #serve}, where those before it had nothing that could be served. */
    public void serve(S source, long estimatedNanos) {
        serve(source, estimatedNanos, other -> false);
    }

    /** Adds the difference between the time that a source was served for and its estimate; none once it is removed. */
    public void correct(S source, long nanos) {
        int index = order.indexOf(source);
        if (index >= 0) {
            entries.get(index).add(nanos);
            sort();
        }
    }

    private void sort() {
        entries.sort(Comparator.comparingLong(entry -> entry.usedNanos));
    }
}
