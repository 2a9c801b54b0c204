package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Schemas of the response of {@code POST /v1/embeddings}; {@link OpenAiResponseEncoder} writes them. */
final class OpenAiSchemas {

    private OpenAiSchemas() {}

    /** Schema of the response. */
    @Schema(name = "OpenAiEmbeddingsList")
    record EmbeddingsList(
            @Schema(required = true, enumeration = "list") String object,
            @Schema(required = true) List<Item> data,

            @Schema(required = true, description = "Name of the served model")
            String model,

            @Schema(required = true) Usage usage,

            @Schema(required = true, description = "Indices of inputs that were cut to the model's maximum length")
            List<Integer> truncated) {}

    /** Schema of the vector of one input. */
    @Schema(name = "OpenAiEmbedding")
    record Item(
            @Schema(required = true, enumeration = "embedding")
            String object,

            @Schema(required = true, description = "Of its input")
            int index,

            @Schema(
                    required = true,
                    description = "Numbers, or base64 of their bytes",
                    oneOf = {float[].class, String.class})
            Object embedding) {}

    /** Schema of the token counts. */
    @Schema(name = "OpenAiUsage")
    record Usage(
            @Schema(required = true, description = "Tokens that the model saw, special ones included")
            @JsonProperty("prompt_tokens")
            int promptTokens,

            @Schema(required = true) @JsonProperty("total_tokens")
            int totalTokens) {}
}
