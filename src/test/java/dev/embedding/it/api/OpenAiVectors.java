package dev.embedding.it.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.fixture.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Vectors of a response of {@code POST /v1/embeddings}, in the order of its data. */
record OpenAiVectors(List<float[]> vectors) {

    static OpenAiVectors of(Answer response) {
        assertThat(response.status())
                .as(response.text().substring(0, Math.min(300, response.text().length())))
                .isEqualTo(200);
        List<float[]> vectors = new ArrayList<>();
        for (JsonNode item : response.json().path("data")) {
            assertThat(item.path("index").intValue()).isEqualTo(vectors.size());
            JsonNode embedding = item.path("embedding");
            vectors.add(embedding.isTextual() ? decoded(embedding.textValue()) : Answer.floats(embedding));
        }
        return new OpenAiVectors(vectors);
    }

    private static float[] decoded(String base64) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(vector);
        return vector;
    }
}
