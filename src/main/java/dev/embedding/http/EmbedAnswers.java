package dev.embedding.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.embedding.serving.Embeddings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Encodes vectors as JSON, each number with the fewest digits that read back as the same 32-bit float. The answer is one
 * array of bytes, so that it goes out in one write with its length.
 */
final class EmbedAnswers {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private static final byte[] MANY = "{\"embeddings\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ONE = "{\"embedding\":".getBytes(StandardCharsets.US_ASCII);

    private static final int BYTES_PER_NUMBER = 13;
    private static final int BYTES_AROUND = 256;

    private EmbedAnswers() {}

    /** How large an answer gets, about. */
    static int mostBytes(int vectors, int dimension) {
        return vectors * dimension * BYTES_PER_NUMBER + BYTES_AROUND;
    }

    /** The answer of {@code POST /embed}. */
    static byte[] embed(Embeddings embeddings, String requestId, double millis) {
        VectorText answer = text(embeddings).append(MANY);
        char before = '[';
        for (float[] vector : embeddings.vectors()) {
            answer.append(before).append(vector);
            before = ',';
        }
        byte[] further = further(embeddings, millis, json -> {
            json.writeStringField("request_id", requestId);
            json.writeArrayFieldStart("truncated");
            for (int index : embeddings.truncated()) {
                json.writeNumber(index);
            }
            json.writeEndArray();
        });
        return answer.append(']').append(further).toBytes();
    }

    /** The answer of {@code POST /embed/single}. */
    static byte[] single(Embeddings embeddings, double millis) {
        byte[] further = further(
                embeddings,
                millis,
                json -> json.writeBooleanField(
                        "truncated", !embeddings.truncated().isEmpty()));
        return text(embeddings)
                .append(ONE)
                .append(embeddings.vectors().get(0))
                .append(further)
                .toBytes();
    }

    private static VectorText text(Embeddings embeddings) {
        int dimension = embeddings.space().dimension();
        // The room that a vector needs before it is written is more than it takes then.
        return new VectorText(mostBytes(embeddings.vectors().size(), dimension) + FloatWriter.MOST_BYTES * dimension);
    }

    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** The fields behind the vectors, up to the answer's end. */
    private static byte[] further(Embeddings embeddings, double millis, Fields fields) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(BYTES_AROUND);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("model_name", embeddings.space().modelName());
            json.writeNumberField("dimension", embeddings.space().dimension());
            json.writeNumberField("processing_time_ms", Math.round(millis * 100) / 100.0);
            json.writeNumberField("tokens", embeddings.tokens());
            fields.write(json);
            json.writeEndObject();
            json.flush();
            byte[] object = bytes.toByteArray();
            object[0] = ','; // It goes on where the vectors ended.
            return object;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
