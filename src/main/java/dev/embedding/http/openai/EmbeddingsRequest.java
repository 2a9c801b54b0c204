package dev.embedding.http.openai;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.PromptChoice;
import dev.embedding.serving.model.Input;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/embeddings}. Besides OpenAI's own fields it has fields of other services, for what OpenAI's API
 * cannot express; those that mean the same as another field win over it.
 */
@Schema(name = "OpenAiEmbeddingsRequest")
@RegisterForReflection
record EmbeddingsRequest(
        @Schema(
                required = true,
                description = "A text, up to 2048 texts, or their token ids as the model's own tokenizer makes them;"
                        + " none empty",
                implementation = Object.class,
                oneOf = {String.class, String[].class, int[].class, int[][].class})
        @JsonDeserialize(using = OpenAiInput.class)
        List<Input> input,

        @Schema(
                description = "Id, alias or name of the model, or the last part of its name; -query and -passage"
                        + " behind it choose a prompt",
                nullable = true)
        @Nullable
        String model,

        @Schema(
                implementation = String.class,
                enumeration = {"float", "base64"},
                description = "base64 is of little-endian 32-bit floats",
                nullable = true)
        @JsonProperty("encoding_format")
        @Nullable
        OpenAiResponseEncoder encodingFormat,

        @Schema(
                minimum = "1",
                description = "Size to cut vectors to, where that is allowed: see dimensions in /model/info",
                nullable = true)
        @Nullable
        Integer dimensions,

        @Schema(description = "Is not looked at", nullable = true) @Nullable
        Object user,

        @Schema(
                implementation = String.class,
                enumeration = {"query", "search_query", "document", "passage", "search_document"},
                description = "Chooses the model's prompt for what is searched for, or for what is searched",
                nullable = true)
        @JsonProperty("input_type")
        @Nullable
        InputType inputType,

        @Schema(description = "Name of one of the model's prompts; wins over input_type", nullable = true)
        @JsonProperty("prompt_name")
        @Nullable
        String promptName,

        @Schema(
                implementation = String.class,
                enumeration = {"NONE", "END"},
                description = "NONE refuses inputs that are longer than the model takes",
                nullable = true)
        @Nullable
        Truncation truncate,

        @Schema(hidden = true) @Nullable Truncation truncation,

        @Schema(hidden = true) @Nullable String task,

        @Schema(hidden = true, minimum = "1") @JsonProperty("output_dimension") @Nullable
        Integer outputDimension,

        @Schema(hidden = true) @JsonProperty("embedding_type") @Nullable
        OpenAiResponseEncoder embeddingType,

        @Schema(hidden = true) @JsonProperty("output_dtype") @Nullable
        ComponentType outputType) {

    /** Tasks that choose a prompt; the others choose none. */
    private static final Map<String, PromptChoice> TASKS = Map.of(
            "retrieval.query", PromptChoice.InputType.QUERY, "retrieval.passage", PromptChoice.InputType.PASSAGE);

    EmbeddingOptions options() {
        Integer dimension = outputDimension != null ? outputDimension : dimensions;
        Truncation chosen = truncation != null ? truncation : truncate;
        return new EmbeddingOptions(
                Optional.ofNullable(model).map(name -> new ModelName(name, false)),
                prompt(),
                dimension == null ? OptionalInt.empty() : OptionalInt.of(dimension),
                chosen == Truncation.NONE);
    }

    private PromptChoice prompt() {
        return Optional.ofNullable(promptName)
                .<PromptChoice>map(PromptChoice.Named::new)
                .or(() -> Optional.ofNullable(inputType).map(InputType::prompt))
                .or(() -> Optional.ofNullable(task).map(TASKS::get))
                .orElse(PromptChoice.USUAL);
    }

    OpenAiResponseEncoder encoder() {
        return Optional.ofNullable(embeddingType)
                .or(() -> Optional.ofNullable(encodingFormat))
                .orElse(OpenAiResponseEncoder.NUMBERS);
    }

    /** Values of {@code input_type}. */
    @RegisterForReflection
    enum InputType {
        @JsonProperty("query")
        @JsonAlias("search_query")
        QUERY(PromptChoice.InputType.QUERY),

        @JsonProperty("document")
        @JsonAlias("search_document")
        DOCUMENT(PromptChoice.InputType.DOCUMENT),

        @JsonProperty("passage")
        PASSAGE(PromptChoice.InputType.PASSAGE);

        private final PromptChoice prompt;

        InputType(PromptChoice prompt) {
            this.prompt = prompt;
        }

        private PromptChoice prompt() {
            return prompt;
        }
    }

    /** Values of {@code output_dtype}. */
    @RegisterForReflection
    enum ComponentType {
        @JsonProperty("float")
        FLOAT
    }
}
