package dev.embedding.http.embed;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import dev.embedding.vector.VectorNorm;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;

/** Encodes vectors of 384 components as the JSON of a response. */
public class ResponseEncodingBenchmark extends MicrosecondsBenchmark {

    private static final int DIMENSION = 384;

    private final Random random = new Random(7);
    private final Embeddings one = embeddings(1);
    private final Embeddings thousand = embeddings(1_000);

    @Benchmark
    public byte[] oneVector() {
        return new EmbedResponseEncoder.Many("a1b2c3d4").encode(one, 12.34);
    }

    @Benchmark
    public byte[] thousandVectors() {
        return new EmbedResponseEncoder.Many("a1b2c3d4").encode(thousand, 1234.56);
    }

    private Embeddings embeddings(int count) {
        List<float[]> vectors =
                IntStream.range(0, count).mapToObj(index -> vector()).toList();
        VectorSpace space = new VectorSpace("BAAI/bge-small-en-v1.5", DIMENSION, "85a14410a6abb8968c61e66bf17bbcae");
        return new Embeddings(
                vectors, 7 * count, List.of(), space, new Timings(1, 2, 3), new CacheCounts(0, 0, count, 0));
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int component = 0; component < DIMENSION; component++) {
            vector[component] = (float) random.nextGaussian();
        }
        VectorNorm.normalize(vector);
        return vector;
    }
}
