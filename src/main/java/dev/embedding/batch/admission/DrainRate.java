package dev.embedding.batch.admission;

/**
 * Rate at which the lanes compute, in true tokens a second: the tokens of the latest batches ÷ the time that they
 * took, the older the less they count. It starts from a built-in value that weighs as much as a second of measuring.
 * Written under the lanes' lock, read anywhere.
 */
public final class DrainRate {

    /** Time on a lane after which a batch counts a third. */
    private static final double MEMORY_SECONDS = 10;

    private final int lanes;
    private double tokens;
    private double seconds = 1;
    private volatile double tokensPerSecondOfOneLane;

    /** @param lanes batches that are computed at the same time */
    public DrainRate(int lanes, double initialTokensPerSecondOfOneLane) {
        this.lanes = Math.max(1, lanes);
        this.tokens = initialTokensPerSecondOfOneLane;
        this.tokensPerSecondOfOneLane = initialTokensPerSecondOfOneLane;
    }

    /** A batch took a lane so long. */
    public void measured(long batchTokens, long nanos) {
        double batchSeconds = Math.max(1, nanos) / 1e9;
        double kept = Math.exp(-batchSeconds / MEMORY_SECONDS);
        tokens = tokens * kept + batchTokens;
        seconds = seconds * kept + batchSeconds;
        tokensPerSecondOfOneLane = tokens / seconds;
    }

    public double tokensPerSecondOfOneLane() {
        return tokensPerSecondOfOneLane;
    }

    /** Of all lanes together. */
    public double tokensPerSecond() {
        return lanes * tokensPerSecondOfOneLane;
    }
}
