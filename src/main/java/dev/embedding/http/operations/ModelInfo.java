package dev.embedding.http.operations;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.embedding.model.ModelFile;
import dev.embedding.model.Quantization;
import dev.embedding.model.Tokenization;
import dev.embedding.serving.ModelSlot;
import dev.embedding.serving.ServingOptions;
import dev.embedding.serving.model.GpuMemory;
import dev.embedding.serving.model.LoadedModel;
import dev.embedding.settings.ModelSettings;
import dev.embedding.settings.Setting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Response of {@code GET /model/info}. */
public record ModelInfo(
        @Schema(required = true, description = "Id of the model, which is one of its names in requests")
        String id,

        @Schema(required = true) @JsonProperty("model_name") String modelName,

        @Schema(required = true, description = "Further names of the model in requests")
        List<String> aliases,

        @Schema(required = true, description = "Requested device") @JsonProperty("device_config")
        String deviceConfig,

        @Schema(required = true) @JsonProperty("is_loaded") boolean isLoaded,

        @Schema(required = true) @JsonProperty("normalize_embeddings")
        boolean normalizeEmbeddings,

        @Schema(required = true) @JsonProperty("max_batch_size")
        int maxBatchSize,

        @Schema(required = true) int dimension,

        @Schema(required = true, description = "Smaller sizes that requests to OpenAI's API may cut vectors to")
        List<Integer> dimensions,

        @Schema(required = true) @JsonProperty("load_time_seconds")
        double loadTimeSeconds,

        @Schema(description = "On a GPU only")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonProperty("gpu_memory_allocated_mb")
        @Nullable
        Double gpuMemoryAllocatedMb,

        @Schema(description = "On a GPU only")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonProperty("gpu_memory_reserved_mb")
        @Nullable
        Double gpuMemoryReservedMb,

        @Schema(required = true, description = "What runs") @JsonProperty("device_actual")
        String deviceActual,

        @Schema(required = true) @JsonProperty("execution_provider")
        String executionProvider,

        @Schema(
                description = "How the graph that runs came about. Absent for static models",
                enumeration = {"built", "rewritten", "as shipped"})
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        String graph,

        @Schema(description = "Why the graph is not built from the weights. Absent where it is")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonProperty("graph_not_built_because")
        @Nullable
        String graphNotBuiltBecause,

        @Schema(
                required = true,
                description = "Of most of the weights",
                enumeration = {"fp32", "fp16", "bf16", "int8", "int8-fine", "int4"})
        String precision,

        @Schema(description = "Where the service quantized the model itself")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        QuantizationInfo quantization,

        @Schema(
                description =
                        "Tokens of a text, special ones included; longer texts are cut. Absent where none ever is")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonProperty("max_input_tokens")
        @Nullable
        Integer maxInputTokens,

        @Schema(
                required = true,
                description = "The model's file that says so, or what shortens it: max_input_tokens (the setting)"
                        + " or memory")
        @JsonProperty("max_input_tokens_from")
        String maxInputTokensFrom,

        @Schema(required = true) String pooling,

        @Schema(
                required = true,
                description = "What says so",
                enumeration = {"setting", "modules.json", "1_Pooling/config.json", "model output", "default"})
        @JsonProperty("pooling_source")
        String poolingSource,

        @Schema(required = true) String architecture,

        @Schema(
                required = true,
                enumeration = {"bundled", "directory", "hub"})
        String source,

        @Schema(required = true, description = "The commit of a hub's repository, else what identifies the weights")
        String revision,

        @Schema(required = true, description = "Files of the model")
        List<ModelFile> files,

        @Schema(required = true, description = "As modules.json lists them")
        List<String> modules,

        @Schema(required = true, description = "By the names that prompt_name takes")
        Map<String, String> prompts,

        @Schema(description = "Name of the default prompt")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonProperty("default_prompt_name")
        @Nullable
        String defaultPromptName,

        @Schema(required = true, description = "Identifies the vector space; also in the header X-Embedding-Space")
        String fingerprint) {

    /**
     * Describes a model.
     *
     * @param model the slot's model
     * @param settings the model's settings
     * @param memory of the process on a GPU
     */
    static ModelInfo of(ModelSlot slot, LoadedModel model, ModelSettings settings, Optional<GpuMemory> memory) {
        ServingOptions options = slot.options();
        Tokenization tokenization = model.description().tokenization();
        return new ModelInfo(
                slot.id(),
                model.name(),
                options.aliases(),
                settings.get(Setting.DEVICE),
                true,
                options.normalize(),
                settings.get(Setting.MAX_BATCH_SIZE),
                model.dimension(),
                model.smallerDimensions(options.dimensions()),
                model.loadTime().toMillis() / 1000.0,
                memory.map(GpuMemory::allocatedMb).orElse(null),
                memory.map(GpuMemory::reservedMb).orElse(null),
                model.device(),
                model.executionProvider(),
                model.graphForm().orElse(null),
                model.whyGraphIsNotBuilt().orElse(null),
                model.description().precision(),
                model.description()
                        .quantization()
                        .flatMap(ModelInfo::quantization)
                        .orElse(null),
                tokenization.maxTokens() == Tokenization.NO_LIMIT ? null : tokenization.maxTokens(),
                tokenization.maxTokensFrom(),
                model.pooling(),
                model.description().poolingSource().label(),
                model.description().architecture(),
                model.description().source().name().toLowerCase(Locale.ROOT),
                model.revision(),
                model.files(),
                model.description().moduleNames(),
                model.description().prompts().byName(),
                model.description().prompts().defaultName().orElse(null),
                model.fingerprint(options.normalize()));
    }

    private static Optional<QuantizationInfo> quantization(Quantization quantization) {
        return quantization
                .made()
                .map(Quantization.Made::fidelity)
                .map(fidelity -> new QuantizationInfo(
                        quantization.recipe(),
                        fidelity.texts(),
                        fidelity.minCosine(),
                        fidelity.meanCosine(),
                        fidelity.recallAt10()));
    }

    /** Quantization of a model, and the similarity of its vectors to fp32. */
    @Schema(description = "Measured once, on built-in texts, against the same model in fp32")
    public record QuantizationInfo(
            @Schema(required = true, description = "Name of the recipe")
            String recipe,

            @Schema(required = true) int texts,

            @Schema(required = true, description = "Of the text that fares worst") @JsonProperty("min_cosine")
            double minCosine,

            @Schema(required = true) @JsonProperty("mean_cosine")
            double meanCosine,

            @Schema(required = true, description = "Part of the ten nearest texts that are the same, from 0 to 1")
            @JsonProperty("recall_at_10")
            double recallAt10) {}
}
