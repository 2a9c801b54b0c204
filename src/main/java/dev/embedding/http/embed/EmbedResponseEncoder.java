package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.embedding.http.exchange.ResponseEncoder;
import dev.embedding.http.exchange.json.VectorJson;
import dev.embedding.serving.Embeddings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Encodes vectors as JSON, each number with the fewest digits that read back as the same 32-bit float. The response is
 * one array of bytes, so that it is sent in one write with its length.
 */
final class EmbedResponseEncoder {

    private static final byte[] MANY = "{\"embeddings\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ONE = "{\"embedding\":".getBytes(StandardCharsets.US_ASCII);

    private EmbedResponseEncoder() {}

    /** Encodes the response of {@code POST /embed}. */
    record Many(String requestId) implements ResponseEncoder {

        @Override
        public long estimateBytes(int vectors, int dimension) {
            return VectorJson.estimateBytes(vectors, dimension, 1);
        }

        @Override
        public byte[] encode(Embeddings embeddings, double millis) {
            VectorJson response = new VectorJson(estimateBytes(
                            embeddings.vectors().size(), embeddings.space().dimension()))
                    .append(MANY);
            char before = '[';
            for (float[] vector : embeddings.vectors()) {
                response.append(before).append(vector);
                before = ',';
            }
            return response.append(']')
                    .end(json -> {
                        writeCommon(json, embeddings, millis);
                        json.writeStringField("request_id", requestId);
                        VectorJson.writeIndices(json, "truncated", embeddings.truncated());
                    })
                    .toBytes();
        }
    }

    /** Encodes the response of {@code POST /embed/single}. */
    record Single() implements ResponseEncoder {

        @Override
        public long estimateBytes(int vectors, int dimension) {
            return VectorJson.estimateBytes(vectors, dimension, 0);
        }

        @Override
        public byte[] encode(Embeddings embeddings, double millis) {
            return new VectorJson(estimateBytes(1, embeddings.space().dimension()))
                    .append(ONE)
                    .append(embeddings.vectors().get(0))
                    .end(json -> {
                        writeCommon(json, embeddings, millis);
                        json.writeBooleanField(
                                "truncated", !embeddings.truncated().isEmpty());
                    })
                    .toBytes();
        }
    }

    private static void writeCommon(JsonGenerator json, Embeddings embeddings, double millis) throws IOException {
        json.writeStringField("model_name", embeddings.space().modelName());
        json.writeNumberField("dimension", embeddings.space().dimension());
        json.writeNumberField("processing_time_ms", Math.round(millis * 100) / 100.0);
        json.writeNumberField("tokens", embeddings.tokens());
    }
}
