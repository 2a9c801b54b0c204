package dev.embedding.http.openai;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;

/** Encodes a hundred vectors of 384 components as OpenAI's JSON, as numbers and as base64. */
public class OpenAiResponseEncoderBenchmark extends MicrosecondsBenchmark {

    private static final int DIMENSION = 384;
    private static final int VECTORS = 100;

    private final Random random = new Random(7);
    private final Embeddings embeddings = new Embeddings(
            IntStream.range(0, VECTORS).mapToObj(index -> vector()).toList(),
            7 * VECTORS,
            List.of(),
            new VectorSpace("BAAI/bge-small-en-v1.5", DIMENSION, "85a14410a6abb8968c61e66bf17bbcae"),
            new Timings(1, 2, 3),
            new CacheCounts(0, 0, VECTORS, 0));

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int component = 0; component < DIMENSION; component++) {
            vector[component] = (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
        }
        return vector;
    }

    @Benchmark
    public byte[] numbers() {
        return OpenAiResponseEncoder.NUMBERS.encode(embeddings, 12.34);
    }

    @Benchmark
    public byte[] base64() {
        return OpenAiResponseEncoder.BASE64.encode(embeddings, 12.34);
    }
}
