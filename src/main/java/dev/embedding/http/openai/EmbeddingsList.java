package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.embedding.http.exchange.json.LeafWriter;
import dev.embedding.http.exchange.json.VectorJson;
import dev.embedding.http.exchange.json.VectorValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Response of {@code POST /v1/embeddings}. */
@Schema(name = "OpenAiEmbeddingsList")
@RegisterForReflection
record EmbeddingsList(
        @Schema(required = true, enumeration = LIST) String object,

        @Schema(required = true) @JsonSerialize(using = ItemsWriter.class)
        List<Item> data,

        @Schema(required = true, description = "Name of the served model")
        String model,

        @Schema(required = true) Usage usage,

        @Schema(required = true, description = "Indices of inputs that were cut to the model's maximum length")
        List<Integer> truncated) {

    private static final String LIST = "list";
    private static final String EMBEDDING = "embedding";

    EmbeddingsList(List<Item> data, String model, Usage usage, List<Integer> truncated) {
        this(LIST, data, model, usage, truncated);
    }

    /** Vector of one input. */
    @Schema(name = "OpenAiEmbedding")
    record Item(
            @Schema(required = true, enumeration = EMBEDDING)
            String object,

            @Schema(required = true, description = "Of its input")
            int index,

            @Schema(
                    required = true,
                    description = "Numbers, or base64 of their bytes",
                    implementation = Object.class,
                    oneOf = {float[].class, String.class})
            VectorValue embedding) {

        Item(int index, VectorValue embedding) {
            this(EMBEDDING, index, embedding);
        }
    }

    /** Token counts. */
    @Schema(name = "OpenAiUsage")
    @RegisterForReflection
    record Usage(
            @Schema(required = true, description = "Tokens that the model saw, special ones included")
            @JsonProperty("prompt_tokens")
            int promptTokens,

            @Schema(required = true) @JsonProperty("total_tokens")
            int totalTokens) {}

    /** Writes vectors with their indices. */
    @RegisterForReflection
    static final class ItemsWriter extends LeafWriter<List<Item>> {
        private static final byte[] BEFORE_INDEX = ascii("{\"object\":\"" + EMBEDDING + "\",\"index\":");
        private static final byte[] BEFORE_VECTOR = ascii(",\"embedding\":");

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        protected void write(List<Item> items, VectorJson json) {
            json.append('[');
            boolean first = true;
            for (Item item : items) {
                if (!first) {
                    json.append(',');
                }
                first = false;
                json.append(BEFORE_INDEX)
                        .append(ascii(Integer.toString(item.index())))
                        .append(BEFORE_VECTOR);
                item.embedding().appendTo(json);
                json.append('}');
            }
            json.append(']');
        }
    }
}
