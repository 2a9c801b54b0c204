package dev.embedding.batch;

/**
 * How fast the lanes compute, in padded tokens a second of one lane: a moving average that starts from a built-in value
 * and follows what is measured while serving. Written under the lanes' lock, read anywhere.
 */
final class DrainRate {

    private static final double WEIGHT_OF_NEWEST = 0.05;

    private final int lanes;
    private volatile double tokensPerSecondOfOneLane;

    DrainRate(int lanes, double initialTokensPerSecondOfOneLane) {
        this.lanes = Math.max(1, lanes);
        this.tokensPerSecondOfOneLane = initialTokensPerSecondOfOneLane;
    }

    void measured(long paddedTokens, long nanos) {
        double newest = paddedTokens * 1e9 / Math.max(1, nanos);
        double before = tokensPerSecondOfOneLane;
        tokensPerSecondOfOneLane = before + WEIGHT_OF_NEWEST * (newest - before);
    }

    double tokensPerSecondOfOneLane() {
        return tokensPerSecondOfOneLane;
    }

    double tokensPerSecond() {
        return lanes * tokensPerSecondOfOneLane;
    }
}
