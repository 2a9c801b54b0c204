package dev.embedding.http.embed;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Schema of the response of {@code POST /embed}, for the OpenAPI document; {@link EmbedResponseEncoder} writes it. */
@Schema(name = "EmbedResponse")
public record EmbedResponse(
        @Schema(description = "One vector a text, in the order of the texts", required = true)
        List<List<Float>> embeddings,

        @Schema(required = true) @JsonProperty("model_name") String modelName,

        @Schema(description = "Components of each vector", required = true)
        int dimension,

        @Schema(required = true) @JsonProperty("processing_time_ms")
        double processingTimeMs,

        @Schema(required = true) @JsonProperty("request_id") String requestId,

        @Schema(description = "How many tokens the model saw in all", required = true)
        int tokens,

        @Schema(description = "Indices of texts that were cut to the model's maximum length", required = true)
        List<Integer> truncated) {

    /** Schema of the response of {@code POST /embed/single}. */
    @Schema(name = "EmbedSingleResponse")
    public record Single(
            @Schema(required = true) List<Float> embedding,
            @Schema(required = true) int dimension,

            @Schema(required = true) @JsonProperty("model_name")
            String modelName,

            @Schema(required = true) @JsonProperty("processing_time_ms")
            double processingTimeMs,

            @Schema(description = "How many tokens the model saw", required = true)
            int tokens,

            @Schema(description = "Whether the text was cut to the model's maximum length", required = true)
            boolean truncated) {}
}
