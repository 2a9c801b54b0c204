package dev.embedding.http.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.embedding.serving.Embeddings;
import dev.embedding.serving.Embeddings.Timings;
import dev.embedding.serving.Embeddings.VectorSpace;
import dev.embedding.serving.cache.CacheCounts;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenAiResponseEncoderTest {

    private static String encoded(OpenAiResponseEncoder encoder, List<float[]> vectors, List<Integer> truncated) {
        Embeddings embeddings = new Embeddings(
                vectors,
                9,
                truncated,
                new VectorSpace("our/\"modèle\"", 2, "85a14410a6abb8968c61e66bf17bbcae"),
                new Timings(1, 2, 3),
                new CacheCounts(0, 0, vectors.size(), 0));
        return new String(encoder.encode(embeddings, 12.34), StandardCharsets.UTF_8);
    }

    @Test
    void writesVectorsAsNumbers() {
        assertThat(encoded(
                        OpenAiResponseEncoder.NUMBERS,
                        List.of(new float[] {0.1f, -1}, new float[] {1e-5f, 0.25f}),
                        List.of(1)))
                .isEqualTo("{\"object\":\"list\",\"data\":["
                        + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.1,-1.0]},"
                        + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[1.0E-5,0.25]}],"
                        + "\"model\":\"our/\\\"modèle\\\"\",\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9},"
                        + "\"truncated\":[1]}");
    }

    @Test
    void writesVectorsAsBase64() {
        assertThat(encoded(OpenAiResponseEncoder.BASE64, List.of(new float[] {0.1f, -1}), List.of()))
                .isEqualTo("{\"object\":\"list\",\"data\":["
                        + "{\"object\":\"embedding\",\"index\":0,\"embedding\":\"zczMPQAAgL8=\"}],"
                        + "\"model\":\"our/\\\"modèle\\\"\",\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9},"
                        + "\"truncated\":[]}");
    }

    @Test
    void growsBeyondTheEstimate() {
        List<Integer> truncated = Collections.nCopies(5_000, 1_234);

        assertThat(encoded(OpenAiResponseEncoder.BASE64, List.of(new float[] {0.1f, -1}), truncated))
                .endsWith(",1234]}")
                .hasSizeGreaterThan(25_000);
    }
}
