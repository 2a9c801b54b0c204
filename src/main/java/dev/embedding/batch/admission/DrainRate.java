package dev.embedding.batch.admission;

/**
 * Throughput of the lanes in true tokens per second: tokens of recent batches ÷ their time on a lane, as an
 * exponentially weighted average. It starts from a built-in value that weighs as much as one measured second. Written
 * under the lanes' lock, read by any thread.
 */
public final class DrainRate {

    /** Time constant of the average, in seconds of lane time: after it, a batch weighs 1/e. */
    private static final double MEMORY_SECONDS = 10;

    private final int lanes;
    private double tokens;
    private double seconds = 1;
    private volatile double tokensPerSecondOfOneLane;

    /** @param lanes number of batches that are computed at the same time */
    public DrainRate(int lanes, double initialTokensPerSecondOfOneLane) {
        this.lanes = Math.max(1, lanes);
        this.tokens = initialTokensPerSecondOfOneLane;
        this.tokensPerSecondOfOneLane = initialTokensPerSecondOfOneLane;
    }

    /** Records the tokens and the lane time of a batch. */
    public void measured(long batchTokens, long nanos) {
        double batchSeconds = Math.max(1, nanos) / 1e9;
        double decay = Math.exp(-batchSeconds / MEMORY_SECONDS);
        tokens = tokens * decay + batchTokens;
        seconds = seconds * decay + batchSeconds;
        tokensPerSecondOfOneLane = tokens / seconds;
    }

    public double tokensPerSecondOfOneLane() {
        return tokensPerSecondOfOneLane;
    }

    /** Number of batches that are computed at the same time. */
    public int lanes() {
        return lanes;
    }

    /** Rate of all lanes together. */
    public double tokensPerSecond() {
        return lanes * tokensPerSecondOfOneLane;
    }
}
