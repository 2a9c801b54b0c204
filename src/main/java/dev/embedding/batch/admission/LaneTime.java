package dev.embedding.batch.admission;

import java.util.List;

/**
 * Time that a batcher's tokens take on lanes that it shares with other batchers.
 *
 * <p>While the batcher computes tokens that take {@code s} seconds of lane time, another one whose share is {@code r}
 * times as large gets {@code r · s} ({@link FairQueue}), if it has as much waiting. So they are done after {@code s} ÷
 * the lanes that the batcher may use, or after {@code (s + what the others get)} ÷ all lanes, whichever is later.
 * Interactive tokens that wait for no turn get a fifth of the lanes, whatever the shares.
 *
 * @param tokensPerSecondOfOneLane rate at which one lane computes the batcher's tokens
 * @param usableLanes number of its batches that are computed at the same time, at most {@code lanes}
 * @param lanes number of lanes of the process
 * @param others what waits at each other batcher
 */
public record LaneTime(double tokensPerSecondOfOneLane, int usableLanes, int lanes, List<Other> others) {

    /**
     * Waiting work of another batcher.
     *
     * @param seconds its lane time
     * @param relativeShare the other's share ÷ that of the batcher
     */
    public record Other(double seconds, double relativeShare) {}

    public LaneTime {
        others = List.copyOf(others);
    }

    /** Lane time at the current rate. */
    public static LaneTime of(DrainRate rate, int lanes, List<Other> others) {
        return new LaneTime(rate.tokensPerSecondOfOneLane(), rate.lanes(), lanes, others);
    }

    /** Lane time of a batch, in nanoseconds; each row counts as at least one token. */
    public static long nanos(int rows, long tokens, double tokensPerSecondOfOneLane) {
        return (long) (Math.max(rows, tokens) * 1e9 / tokensPerSecondOfOneLane);
    }

    /** Expected milliseconds until this number of the batcher's tokens is computed. */
    double millis(long tokens) {
        return millis(tokens, withOthers(tokens));
    }

    /** Like {@link #millis(long)}, for interactive tokens. */
    double interactiveMillis(long tokens) {
        return millis(tokens, Math.min(withOthers(tokens), tokens / FairQueue.EARLY_PART));
    }

    private double millis(long tokens, double withOthers) {
        return Math.max(
                tokens * 1e3 / (usableLanes * tokensPerSecondOfOneLane),
                withOthers * 1e3 / (lanes * tokensPerSecondOfOneLane));
    }

    /** Whether this number of the batcher's tokens is expected to be computed within the time. */
    public boolean suffices(long tokens, long nanos) {
        return tokens <= usableLanes * tokensPerSecondOfOneLane * nanos / 1e9
                && withOthers(tokens) <= lanes * tokensPerSecondOfOneLane * nanos / 1e9;
    }

    /** The tokens, and those that the batcher could compute in the time that the others get meanwhile. */
    private double withOthers(long tokens) {
        double sum = tokens;
        for (Other other : others) {
            sum += Math.min(other.seconds() * tokensPerSecondOfOneLane, tokens * other.relativeShare());
        }
        return sum;
    }
}
