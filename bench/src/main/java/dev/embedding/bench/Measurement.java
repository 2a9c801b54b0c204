package dev.embedding.bench;

/**
 * What one load did within its window.
 *
 * @param tokens true tokens
 * @param seconds length of the window
 * @param cpuSeconds CPU time of the process that computed
 * @param loadCpuSeconds CPU time of this process, which makes the load
 * @param latencies milliseconds of each piece of work that ended in the window
 */
record Measurement(double tokens, double seconds, double cpuSeconds, double loadCpuSeconds, double[] latencies) {

    double tokensPerSecond() {
        return tokens / seconds;
    }

    double tokensPerCpuSecond() {
        return tokens / cpuSeconds;
    }

    /** Cores that the computing process kept busy on average. */
    double coresUsed() {
        return cpuSeconds / seconds;
    }

    double coresUsedByLoad() {
        return loadCpuSeconds / seconds;
    }

    /** Milliseconds that half of the pieces of work did not exceed; NaN when none ended in the window. */
    double medianLatency() {
        return Quantile.median(latencies);
    }
}
