package dev.embedding.bench;

import java.util.Arrays;

/** Quantiles by nearest rank; the median of an even number of values is the mean of the middle two. */
final class Quantile {

    private Quantile() {}

    /** @return the value that the given share of the values does not exceed; NaN for no values */
    static double of(double[] values, double share) {
        double[] sorted = sorted(values);
        return at(sorted, (int) Math.ceil(share * sorted.length) - 1);
    }

    static double median(double[] values) {
        double[] sorted = sorted(values);
        return (at(sorted, (sorted.length - 1) / 2) + at(sorted, sorted.length / 2)) / 2;
    }

    private static double[] sorted(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static double at(double[] sorted, int rank) {
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, rank)];
    }
}
