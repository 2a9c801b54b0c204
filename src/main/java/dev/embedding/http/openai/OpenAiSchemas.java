package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of {@code POST /v1/embeddings}, for the OpenAPI document: {@link OpenAiRequestBody} reads them, {@link
 * OpenAiResponseEncoder} writes.
 */
final class OpenAiSchemas {

    private OpenAiSchemas() {}

    /** Schema of the request. */
    @Schema(name = "OpenAiEmbeddingsRequest")
    record EmbeddingsRequest(
            @Schema(
                    required = true,
                    description =
                            "A text, up to 2048 texts, or their token ids as the model's own tokenizer makes them;"
                                    + " none empty",
                    oneOf = {String.class, String[].class, int[].class, int[][].class})
            Object input,

            @Schema(
                    description = "Name of the served model, its last part, or an alias; -query and -passage behind it"
                            + " choose a prompt",
                    nullable = true)
            @Nullable
            String model,

            @Schema(
                    enumeration = {"float", "base64"},
                    description = "base64 is of little-endian 32-bit floats",
                    nullable = true)
            @JsonProperty("encoding_format")
            @Nullable
            String encodingFormat,

            @Schema(
                    minimum = "1",
                    description = "Size to cut vectors to, where that is allowed: see dimensions in /model/info",
                    nullable = true)
            @Nullable
            Integer dimensions,

            @Schema(description = "Is not looked at", nullable = true) @Nullable
            Object user,

            @Schema(
                    enumeration = {"query", "search_query", "document", "passage", "search_document"},
                    description = "Chooses the model's prompt for what is searched for, or for what is searched",
                    nullable = true)
            @JsonProperty("input_type")
            @Nullable
            String inputType,

            @Schema(description = "Name of one of the model's prompts; wins over input_type", nullable = true)
            @JsonProperty("prompt_name")
            @Nullable
            String promptName,

            @Schema(
                    enumeration = {"NONE", "END"},
                    description = "NONE refuses inputs that are longer than the model takes",
                    nullable = true)
            @Nullable
            String truncate) {}

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
