package dev.embedding.http.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.serving.Embeddings;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmbedResponseEncoderTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void encodesSeveralVectors() throws IOException {
        Embeddings embeddings = embeddings(List.of(new float[] {0.5f, -1}, new float[] {0, 1e-5f}), List.of(1));

        JsonNode response = JSON.readTree(new EmbedResponseEncoder.Many("a1b2c3d4").encode(embeddings, 12.345));

        assertThat(response).isEqualTo(JSON.readTree("""
                {"embeddings": [[0.5, -1.0], [0.0, 1.0E-5]], "model_name": "some/\\"model\\"", "dimension": 2,
                 "processing_time_ms": 12.35, "tokens": 7, "request_id": "a1b2c3d4", "truncated": [1]}
                """));
    }

    @Test
    void encodesOneVector() throws IOException {
        Embeddings embeddings = embeddings(List.of(new float[] {0.5f, -1}), List.of());

        JsonNode response = JSON.readTree(new EmbedResponseEncoder.Single().encode(embeddings, 3.214));

        assertThat(response).isEqualTo(JSON.readTree("""
                {"embedding": [0.5, -1.0], "model_name": "some/\\"model\\"", "dimension": 2,
                 "processing_time_ms": 3.21, "tokens": 7, "truncated": false}
                """));
    }

    @Test
    void roundTripsEachFloat() throws IOException {
        Random random = new Random(1);
        List<float[]> vectors = new ArrayList<>();
        vectors.add(new float[] {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.MIN_NORMAL, -1e10f, 1e7f, 0.001f});
        for (int count = 0; count < 2_000; count++) {
            vectors.add(new float[] {
                anyFloat(random), (float) random.nextGaussian(), random.nextFloat() / 100, random.nextInt()
            });
        }

        JsonNode response =
                JSON.readTree(new EmbedResponseEncoder.Many("id").encode(embeddings(vectors, List.of()), 1));

        for (int row = 0; row < vectors.size(); row++) {
            assertThat(floats(response.path("embeddings").get(row)))
                    .as("row %d", row)
                    .isEqualTo(vectors.get(row));
        }
    }

    @Test
    void writesNoMoreDigitsThanNeeded() {
        Embeddings embeddings = embeddings(List.of(new float[] {0.1f, 1f / 3}), List.of());

        String response = new String(new EmbedResponseEncoder.Single().encode(embeddings, 1), StandardCharsets.UTF_8);

        assertThat(response).contains("[0.1,0.33333334]");
    }

    @Test
    void encodesVectorsOfAnySize() throws IOException {
        Embeddings embeddings = embeddings(List.of(new float[3_000]), List.of());

        JsonNode response = JSON.readTree(new EmbedResponseEncoder.Single().encode(embeddings, 1));

        assertThat(response.path("embedding")).hasSize(3_000);
    }

    private static float anyFloat(Random random) {
        float value = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(value) ? value : 1;
    }

    private static float[] floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int index = 0; index < values.length; index++) {
            values[index] = Float.parseFloat(numbers.get(index).asText());
        }
        return values;
    }

    private static Embeddings embeddings(List<float[]> vectors, List<Integer> truncated) {
        return new Embeddings(
                vectors,
                7,
                truncated,
                new VectorSpace("some/\"model\"", vectors.get(0).length, "f00d"),
                new Timings(1, 2, 3),
                new CacheCounts(0, 0, 1, 0));
    }
}
