package dev.embedding.bench;

import java.util.Random;

/** A distribution of text lengths, in tokens with the special ones. */
@FunctionalInterface
interface Lengths {

    int next(Random random);

    /** Evenly distributed, both ends included. */
    static Lengths between(int least, int most) {
        return random -> least + random.nextInt(most - least + 1);
    }

    /**
     * Log-normal, cut to {@code [least, most]}.
     *
     * @param mean mean before the cut
     * @param sigma standard deviation of the logarithm
     */
    static Lengths logNormal(double mean, double sigma, int least, int most) {
        double location = Math.log(mean) - sigma * sigma / 2;
        return random -> {
            long length = Math.round(Math.exp(location + sigma * random.nextGaussian()));
            return (int) Math.max(least, Math.min(most, length));
        };
    }
}
