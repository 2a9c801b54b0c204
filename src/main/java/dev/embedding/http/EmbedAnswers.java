package dev.embedding.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.embedding.serving.Embeddings;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Encodes vectors as JSON, each number with the fewest digits that read back as the same 32-bit float. The answer is one
 * array of bytes, so that it goes out in one write with its length.
 */
final class EmbedAnswers {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final int BYTES_PER_NUMBER = 13;
    private static final int BYTES_AROUND = 256;

    private EmbedAnswers() {}

    /** How large an answer gets, about. */
    static int mostBytes(int vectors, int dimension) {
        return vectors * dimension * BYTES_PER_NUMBER + BYTES_AROUND;
    }

    /** The answer of {@code POST /embed}. */
    static byte[] embed(Embeddings embeddings, String requestId, double millis) {
        return encode(embeddings, json -> {
            json.writeArrayFieldStart("embeddings");
            for (float[] vector : embeddings.vectors()) {
                vector(json, vector);
            }
            json.writeEndArray();
            common(json, embeddings, millis);
            json.writeStringField("request_id", requestId);
            json.writeArrayFieldStart("truncated");
            for (int index : embeddings.truncated()) {
                json.writeNumber(index);
            }
            json.writeEndArray();
        });
    }

    /** The answer of {@code POST /embed/single}. */
    static byte[] single(Embeddings embeddings, double millis) {
        return encode(embeddings, json -> {
            json.writeFieldName("embedding");
            vector(json, embeddings.vectors().get(0));
            common(json, embeddings, millis);
            json.writeBooleanField("truncated", !embeddings.truncated().isEmpty());
        });
    }

    private static void common(JsonGenerator json, Embeddings embeddings, double millis) throws IOException {
        json.writeStringField("model_name", embeddings.space().modelName());
        json.writeNumberField("dimension", embeddings.space().dimension());
        json.writeNumberField("processing_time_ms", Math.round(millis * 100) / 100.0);
        json.writeNumberField("tokens", embeddings.tokens());
    }

    private static void vector(JsonGenerator json, float[] vector) throws IOException {
        json.writeStartArray();
        for (float component : vector) {
            json.writeNumber(component);
        }
        json.writeEndArray();
    }

    @FunctionalInterface
    private interface Content {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] encode(Embeddings embeddings, Content content) {
        int size = mostBytes(embeddings.vectors().size(), embeddings.space().dimension());
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(size);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
            json.flush();
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
