package dev.embedding.infer.architecture;

import dev.embedding.infer.onnx.GraphBuilder;

/**
 * A bias of scores by the bucket of the distance between two tokens: near distances have a bucket each, far ones share
 * buckets that grow with the logarithm.
 *
 * @param buckets the bucket of each distance from a query to a key
 * @param count how many buckets there are
 */
record RelativeBuckets(DistanceTable buckets, int count) {

    private static final int USUAL_COUNT = 32;
    private static final int USUAL_FARTHEST = 128;
    private static final String COUNT = "relative_attention_num_buckets";
    private static final String FARTHEST = "relative_attention_max_distance";

    static RelativeBuckets ofMpnet() {
        return of(USUAL_COUNT, USUAL_FARTHEST);
    }

    /** As {@code config.json} says. */
    static RelativeBuckets read(ArchitectureConfig config) {
        int count = config.count(COUNT, USUAL_COUNT);
        int farthest = config.count(FARTHEST, USUAL_FARTHEST);
        int exact = count / 4;
        if (exact == 0) {
            throw config.refused(COUNT, "at least 4 are expected");
        }
        if (farthest <= exact) {
            throw config.refused(FARTHEST, "it is not above a quarter of " + COUNT);
        }
        return of(count, farthest);
    }

    /** Half of the buckets for tokens behind, half for those ahead. */
    private static RelativeBuckets of(int count, int farthest) {
        long[] buckets = new long[2 * farthest + 1];
        int half = count / 2;
        for (int distance = -farthest; distance <= farthest; distance++) {
            int bucket = bucket(Math.abs(distance), half, farthest);
            buckets[distance + farthest] = distance > 0 ? half + bucket : bucket;
        }
        return new RelativeBuckets(new DistanceTable(buckets), count);
    }

    /** In 32-bit floats, as PyTorch computes it: at the border of two buckets the rounding decides. */
    private static int bucket(int distance, int buckets, int farthest) {
        int exact = buckets / 2;
        if (distance < exact) {
            return distance;
        }
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) farthest / exact);
        return Math.min(buckets - 1, exact + (int) (share * (buckets - exact)));
    }

    /** @param table a weight, {@code [buckets, heads]} */
    Attention.RelativeBias bias(Blocks blocks, String table, int heads) {
        GraphBuilder graph = blocks.graph;
        String byBucket = blocks.weights.floats(table, count, heads);
        return distances -> graph.op("Gather", byBucket, buckets.of(graph, distances));
    }
}
