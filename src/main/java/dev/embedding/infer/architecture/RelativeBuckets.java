package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;

/**
 * A bias of scores by the bucket of the distance between two tokens: near distances have a bucket each, far ones share
 * buckets that grow with the logarithm.
 *
 * @param buckets the bucket of each distance from {@code -farthest} to {@code farthest}; farther ones are as these
 * @param count how many buckets there are
 */
record RelativeBuckets(long[] buckets, int count) {

    private static final int BUCKETS = 32;
    private static final int FARTHEST = 128;

    /** Half of the buckets for tokens behind, half for those ahead. */
    static RelativeBuckets ofMpnet() {
        long[] buckets = new long[2 * FARTHEST + 1];
        for (int distance = -FARTHEST; distance <= FARTHEST; distance++) {
            int half = BUCKETS / 2;
            int bucket = bucket(Math.abs(distance), half);
            int mine = distance > 0 ? half + bucket : bucket;
            buckets[distance + FARTHEST] = mine;
        }
        return new RelativeBuckets(buckets, BUCKETS);
    }

    /** In 32-bit floats, as PyTorch computes it: at the border of two buckets the rounding decides. */
    private static int bucket(int distance, int buckets) {
        int exact = buckets / 2;
        if (distance < exact) {
            return distance;
        }
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) FARTHEST / exact);
        return Math.min(buckets - 1, exact + (int) (share * (buckets - exact)));
    }

    private int farthest() {
        return buckets.length / 2;
    }

    /** @param table a weight, {@code [buckets, heads]} */
    Attention.RelativeBias bias(Blocks blocks, String table, int heads) {
        GraphBuilder graph = blocks.graph;
        String byBucket = blocks.weights.floats(table, count, heads);
        return distances -> {
            String near =
                    graph.op("Max", graph.op("Min", distances, graph.integer(farthest())), graph.integer(-farthest()));
            String index = graph.op("Add", near, graph.integer(farthest()));
            return graph.op("Gather", byBucket, graph.op("Gather", graph.integers(buckets), index));
        };
    }
}
