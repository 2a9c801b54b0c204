package dev.embedding.batch.admission;

/**
 * Lane time that a source of work has used. Levels are nanoseconds ÷ share: of two busy sources, the one with the lower
 * level is next. Not thread-safe; guarded by the lanes' lock.
 */
final class LaneAccount<S> {

    /** Turns for which early rows may be charged later, as turns and early rows do not alternate evenly. */
    private static final int SAVED_TURNS = 2;

    final S source;
    private int share = 1;

    /** Level without the batches that are running. */
    private double settled;

    /** Estimated time of the batches that are running. */
    private long runningNanos;

    private int running;

    /** Level by which work before the source's turn may still be charged: what its turns were charged, if not used. */
    private double chargeable;

    /** Lane time of interactive rows, less what was repaid; see {@link FairQueue}. */
    private double interactiveNanos;

    LaneAccount(S source) {
        this.source = source;
    }

    int share() {
        return share;
    }

    double level() {
        return settled + (double) runningNanos / share;
    }

    boolean isRunning() {
        return running > 0;
    }

    void raise(double level) {
        settled = Math.max(settled, level - (double) runningNanos / share);
    }

    /**
     * Changes the share, as if it had always been in force for running batches and for what the source is ahead of
     * others.
     *
     * @param othersLevel level of the others
     */
    void share(int newShare, double othersLevel) {
        double ratio = (double) share / newShare;
        if (settled > othersLevel) {
            settled = othersLevel + (settled - othersLevel) * ratio;
        }
        chargeable *= ratio;
        share = newShare;
    }

    void begin(long estimatedNanos) {
        running++;
        runningNanos += estimatedNanos;
    }

    /**
     * Ends a batch.
     *
     * @param isEarly whether it was served before the source's turn
     */
    void end(long estimatedNanos, long nanos, boolean isEarly) {
        running--;
        runningNanos -= estimatedNanos;
        double charge = (double) nanos / share;
        if (isEarly) {
            charge = Math.min(charge, chargeable);
            chargeable -= charge;
        } else {
            // INVARIANT: early rows are charged no more than turns were, so half of the share is left for turns.
            double most = SAVED_TURNS * charge + FairQueue.EARLY_NANOS / share;
            chargeable = Math.max(chargeable, Math.min(chargeable + charge, most));
        }
        settled += charge;
    }

    double interactiveNanos() {
        return interactiveNanos;
    }

    /** Adds time of interactive rows, up to {@code limit}; returns how much was added. */
    double addInteractive(double nanos, double limit) {
        double before = interactiveNanos;
        interactiveNanos = Math.max(before, Math.min(before + nanos, limit));
        return interactiveNanos - before;
    }

    void repayInteractive(double nanos) {
        interactiveNanos = Math.max(0, interactiveNanos - nanos);
    }
}
