package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.http.exchange.ResponseEncoder;
import dev.embedding.http.exchange.json.JsonRecords;
import dev.embedding.http.exchange.json.VectorJson;
import dev.embedding.http.exchange.json.VectorValue;
import dev.embedding.serving.Embeddings;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.stream.IntStream;

/** Encodes the response of {@code POST /v1/embeddings}. */
@RegisterForReflection
enum OpenAiResponseEncoder implements ResponseEncoder {
    /** Vectors as numbers, with the fewest digits that read back as the same 32-bit float. */
    @JsonProperty("float")
    NUMBERS,
    /** Vectors as base64 of their little-endian 32-bit floats. */
    @JsonProperty("base64")
    BASE64;

    private static final int BYTES_AROUND_VECTOR = 64;

    @Override
    public long estimateBytes(int vectors, int dimension) {
        return switch (this) {
            case NUMBERS -> VectorJson.estimateBytes(vectors, dimension, BYTES_AROUND_VECTOR);
            case BASE64 -> VectorJson.estimateBase64Bytes(vectors, dimension, BYTES_AROUND_VECTOR);
        };
    }

    @Override
    public byte[] encode(Embeddings embeddings, double millis) {
        List<float[]> vectors = embeddings.vectors();
        EmbeddingsList response = new EmbeddingsList(
                IntStream.range(0, vectors.size())
                        .mapToObj(index -> new EmbeddingsList.Item(index, value(vectors.get(index))))
                        .toList(),
                embeddings.space().modelName(),
                new EmbeddingsList.Usage(embeddings.tokens(), embeddings.tokens()),
                embeddings.truncated());
        return JsonRecords.write(
                response, estimateBytes(vectors.size(), embeddings.space().dimension()));
    }

    private VectorValue value(float[] vector) {
        return switch (this) {
            case NUMBERS -> new VectorValue.Numbers(vector);
            case BASE64 -> new VectorValue.Base64(vector);
        };
    }
}
