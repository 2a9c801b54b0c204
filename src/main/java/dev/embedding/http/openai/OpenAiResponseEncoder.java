package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.exchange.ResponseEncoder;
import dev.embedding.http.exchange.json.VectorJson;
import dev.embedding.serving.Embeddings;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;

/** Encodes the response of {@code POST /v1/embeddings}. */
@RegisterForReflection
enum OpenAiResponseEncoder implements ResponseEncoder {
    /** Vectors as numbers, with the fewest digits that read back as the same 32-bit float. */
    @JsonProperty("float")
    NUMBERS,
    /** Vectors as base64 of their little-endian 32-bit floats. */
    @JsonProperty("base64")
    BASE64;

    private static final byte[] BEGINNING = ascii("{\"object\":\"list\",\"data\":[");
    private static final byte[] BEFORE_INDEX = ascii("{\"object\":\"embedding\",\"index\":");
    private static final byte[] BEFORE_VECTOR = ascii(",\"embedding\":");
    private static final int BYTES_AROUND_VECTOR = 64;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long estimateBytes(int vectors, int dimension) {
        return switch (this) {
            case NUMBERS -> VectorJson.estimateBytes(vectors, dimension, BYTES_AROUND_VECTOR);
            case BASE64 -> VectorJson.estimateBase64Bytes(vectors, dimension, BYTES_AROUND_VECTOR);
        };
    }

    @Override
    public byte[] encode(Embeddings embeddings, double millis) {
        int dimension = embeddings.space().dimension();
        VectorJson response = new VectorJson(estimateBytes(embeddings.vectors().size(), dimension)).append(BEGINNING);
        int index = 0;
        for (float[] vector : embeddings.vectors()) {
            if (index > 0) {
                response.append(',');
            }
            response.append(BEFORE_INDEX)
                    .append(ascii(Integer.toString(index++)))
                    .append(BEFORE_VECTOR);
            append(response, vector);
            response.append('}');
        }
        return response.append(']')
                .end(json -> {
                    json.writeStringField("model", embeddings.space().modelName());
                    json.writeObjectFieldStart("usage");
                    json.writeNumberField("prompt_tokens", embeddings.tokens());
                    json.writeNumberField("total_tokens", embeddings.tokens());
                    json.writeEndObject();
                    VectorJson.writeIndices(json, "truncated", embeddings.truncated());
                })
                .toBytes();
    }

    private void append(VectorJson response, float[] vector) {
        switch (this) {
            case NUMBERS -> response.append(vector);
            case BASE64 -> response.appendBase64(vector);
        }
    }
}
