package dev.embedding.http.openai;

import dev.embedding.MicrosecondsBenchmark;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Encodes vectors of 384 components as OpenAI's JSON, as numbers and as base64. */
public class OpenAiResponseEncoderBenchmark extends MicrosecondsBenchmark {

    private static final int DIMENSION = 384;

    @Param({"1", "2048"})
    public int vectors;

    private final Random random = new Random(7);
    private @Nullable Embeddings embeddings;

    /** Makes the vectors. */
    @Setup
    public void makeVectors() {
        embeddings = new Embeddings(
                IntStream.range(0, vectors).mapToObj(index -> vector()).toList(),
                7 * vectors,
                List.of(),
                new VectorSpace("BAAI/bge-small-en-v1.5", DIMENSION, "85a14410a6abb8968c61e66bf17bbcae"),
                new Timings(1, 2, 3),
                new CacheCounts(0, 0, vectors, 0));
    }

    private float[] vector() {
        float[] vector = new float[DIMENSION];
        for (int component = 0; component < DIMENSION; component++) {
            vector[component] = (float) (random.nextGaussian() / Math.sqrt(DIMENSION));
        }
        return vector;
    }

    @Benchmark
    public byte[] numbers() {
        return OpenAiResponseEncoder.NUMBERS.encode(Objects.requireNonNull(embeddings), 12.34);
    }

    @Benchmark
    public byte[] base64() {
        return OpenAiResponseEncoder.BASE64.encode(Objects.requireNonNull(embeddings), 12.34);
    }
}
