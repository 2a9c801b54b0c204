package dev.embedding.infer.architecture;

import java.util.stream.IntStream;

/**
 * DeBERTa's relative positions: the row of a table for each distance from a key to a query. Near distances have a row
 * each; far ones share rows by the logarithm, or all have the last one.
 *
 * @param rows row of each distance from a key to a query
 * @param count rows of the table
 */
record LogBuckets(DistanceTable rows, int count) {

    private static final String BUCKETS = "position_buckets";
    private static final String LONGEST = "max_relative_positions";
    private static final int MOST_DISTANCES = 1 << 20;

    static LogBuckets read(ArchitectureConfig config, int positions) {
        int longest = config.integer(LONGEST, -1) < 1 ? positions : config.count(LONGEST, positions);
        int buckets = config.integer(BUCKETS, -1);
        if (buckets < 1) {
            return of(longest, IntStream.rangeClosed(0, longest).toArray());
        }
        int middle = buckets / 2;
        if (middle < 2 || longest - 1 <= middle) {
            throw config.refused(BUCKETS, "they have to be at least 4, and less than two for each position");
        }
        int farthest = longest;
        while (bucket(farthest, middle, longest) < buckets) {
            farthest++;
            if (farthest > MOST_DISTANCES) {
                throw config.refused(BUCKETS, "the last one lies too far away");
            }
        }
        return of(
                buckets,
                IntStream.rangeClosed(0, farthest)
                        .map(distance -> bucket(distance, middle, longest))
                        .toArray());
    }

    /** @param positive bucket of each distance from 0 on; those to the other side are the same below 0 */
    private static LogBuckets of(int span, int[] positive) {
        int farthest = positive.length - 1;
        long[] rows = new long[2 * farthest + 1];
        for (int distance = -farthest; distance <= farthest; distance++) {
            int bucket = distance < 0 ? -positive[-distance] : positive[distance];
            rows[distance + farthest] = Math.max(0, Math.min(2 * span - 1, bucket + span));
        }
        return new LogBuckets(new DistanceTable(rows), 2 * span);
    }

    /** In 32-bit floats, as PyTorch computes it. */
    private static int bucket(int distance, int middle, int longest) {
        if (distance <= middle) {
            return distance;
        }
        float share =
                (float) Math.log((float) distance / middle) / (float) Math.log((float) ((longest - 1.0) / middle));
        return (int) Math.ceil(share * (middle - 1)) + middle;
    }
}
