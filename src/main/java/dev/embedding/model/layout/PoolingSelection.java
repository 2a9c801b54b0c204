package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.ModelRequest;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.OutputStage;
import dev.embedding.model.PoolingSource;
import dev.embedding.model.file.OnnxOutputs;
import dev.embedding.vector.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The pooling of a model, and where it is configured.
 *
 * @param modes the poolings, whose results are concatenated in this order; empty where the graph's pooled output is
 *     read although it has token vectors
 * @param source where the pooling is configured
 */
record PoolingSelection(List<Pooling> modes, PoolingSource source) {

    private static final System.Logger LOG = System.getLogger(PoolingSelection.class.getName());

    /** The file in which sentence-transformers saves the pooling. */
    static final String USUAL_FILE = "1_Pooling/config.json";

    private static final Pattern DENSE = Pattern.compile("\\d+_Dense/config\\.json");
    private static final String FLAG = "pooling_mode_";
    private static final String CAUSAL = "ForCausalLM";
    private static final String SETTING = "pooling (EMBEDDING_POOLING)";

    /** The booleans that select poolings in configurations up to sentence-transformers 5. */
    private static final Map<String, Pooling> BY_FLAG = Map.of(
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_max_tokens", Pooling.MAX,
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_mean_sqrt_len_tokens", Pooling.MEAN_SQRT_LEN,
            "pooling_mode_weightedmean_tokens", Pooling.WEIGHTED_MEAN,
            "pooling_mode_lasttoken", Pooling.LAST_TOKEN);

    PoolingSelection {
        modes = List.copyOf(modes);
    }

    /**
     * Selects the pooling of a static table, which is always the mean.
     *
     * @throws ModelUnavailableException when another one is set
     */
    static PoolingSelection ofTable(ModelFiles files, ModelRequest request) {
        if (request.pooling().filter(mode -> mode != Pooling.MEAN).isPresent()) {
            throw files.refusal(
                    ModuleChain.FILE,
                    "describes a static model, whose vectors are the mean of its tokens' and no other pooling: set "
                            + SETTING + " to mean, or to nothing");
        }
        return new PoolingSelection(
                List.of(Pooling.MEAN), request.pooling().isPresent() ? PoolingSource.SETTING : PoolingSource.MODULES);
    }

    /**
     * Selects the pooling of a transformer: the setting, else {@code modules.json}, else the graph's pooled output,
     * else {@link #USUAL_FILE}, else sentence-transformers' default where there are weights that it would load.
     *
     * @param onnxFile the file that has the outputs
     * @param config {@code config.json}
     * @throws ModelUnavailableException when the graph does not support the requested pooling, or none is configured
     */
    static PoolingSelection ofTransformer(
            ModelFiles files,
            ModuleChain modules,
            ModelRequest request,
            String onnxFile,
            OnnxOutputs outputs,
            JsonNode config) {
        if (request.pooling().isPresent()) {
            if (outputs.haveTextVectors() && !outputs.haveTokenVectors()) {
                throw files.refusal(
                        onnxFile,
                        "pools itself and has no token vectors, so that " + SETTING
                                + " cannot be followed: unset it, or"
                                + " export the model with the output last_hidden_state");
            }
            refuseUnlistedDense(files, modules);
            return new PoolingSelection(List.of(request.pooling().get()), PoolingSource.SETTING);
        }
        if (modules.isListed()) {
            return new PoolingSelection(
                    read(files, modules.poolingConfig()),
                    outputs.haveTokenVectors() ? PoolingSource.MODULES : PoolingSource.MODEL_OUTPUT);
        }
        if (outputs.haveTextVectors()) {
            // Without token vectors the fingerprint has always had the mean.
            return new PoolingSelection(
                    outputs.haveTokenVectors() ? List.of() : List.of(Pooling.MEAN), PoolingSource.MODEL_OUTPUT);
        }
        return unlisted(files, modules, config);
    }

    /**
     * Selects the pooling of a transformer whose graph is built: the setting, else {@code modules.json}, else
     * {@link #USUAL_FILE}, else sentence-transformers' default.
     */
    static PoolingSelection ofWeights(ModelFiles files, ModuleChain modules, ModelRequest request, JsonNode config) {
        if (request.pooling().isPresent()) {
            refuseUnlistedDense(files, modules);
            return new PoolingSelection(List.of(request.pooling().get()), PoolingSource.SETTING);
        }
        if (modules.isListed()) {
            return new PoolingSelection(read(files, modules.poolingConfig()), PoolingSource.MODULES);
        }
        return unlisted(files, modules, config);
    }

    private static PoolingSelection unlisted(ModelFiles files, ModuleChain modules, JsonNode config) {
        if (files.has(USUAL_FILE)) {
            refuseUnlistedDense(files, modules);
            return new PoolingSelection(read(files, USUAL_FILE), PoolingSource.POOLING_FILE);
        }
        return defaultOf(files, config);
    }

    /** The graph's output that is read. */
    OutputStage graphEnd(OnnxOutputs outputs) {
        if (source != PoolingSource.MODEL_OUTPUT) {
            return OutputStage.TOKENS;
        }
        return outputs.multiplyPooled() ? OutputStage.PROJECTED : OutputStage.POOLED;
    }

    /** Rejects a Dense module whose place among the modules is unknown: its weights would be part of the vectors. */
    private static void refuseUnlistedDense(ModelFiles files, ModuleChain modules) {
        if (!modules.isListed()) {
            files.firstOf(DENSE).ifPresent(file -> {
                throw files.refusal(
                        file, "is there, but no modules.json that lists it: add that of the original model");
            });
        }
    }

    /** The default of sentence-transformers for a model that it did not save. */
    private static PoolingSelection defaultOf(ModelFiles files, JsonNode config) {
        refuseOtherArchitecture(files, config);
        if (!files.hasWeightsBesideOnnx()) {
            throw files.refusal(
                    ModuleChain.FILE,
                    "is missing, and no other file says how token vectors become one: set " + SETTING + " to "
                            + Arrays.stream(Pooling.values())
                                    .map(Pooling::label)
                                    .collect(Collectors.joining(", "))
                            + ", whichever the model was trained with");
        }
        boolean causal = config.path("architectures").path(0).asText().endsWith(CAUSAL)
                && config.path("is_causal").asBoolean(true);
        Pooling pooling = causal ? Pooling.LAST_TOKEN : Pooling.MEAN;
        if (UnsupportedTask.isLanguageModel(config)) {
            warnAboutLanguageModel(files, config, pooling);
        }
        return new PoolingSelection(List.of(pooling), PoolingSource.DEFAULT);
    }

    private static void warnAboutLanguageModel(ModelFiles files, JsonNode config, Pooling pooling) {
        LOG.log(
                System.Logger.Level.WARNING,
                "{0} has the architectures {1}, and no file says that the model was trained to embed: its vectors may be"
                        + " of little use. Token vectors are pooled by {2}, as sentence-transformers does it",
                files.title("config.json"),
                config.path("architectures"),
                pooling.label());
    }

    /** @throws ModelUnavailableException when the model's architecture is one of another task */
    static void refuseOtherArchitecture(ModelFiles files, JsonNode config) {
        UnsupportedTask.ofArchitecture(config).ifPresent(task -> {
            throw files.refusal(
                    "config.json", "has the architectures " + config.path("architectures") + task.refusal());
        });
    }

    private static List<Pooling> read(ModelFiles files, String file) {
        JsonNode config = files.json(file);
        JsonNode mode = config.path("pooling_mode");
        List<Optional<Pooling>> configured = new ArrayList<>();
        if (mode.isTextual()) {
            configured.add(Pooling.byLabel(mode.asText()));
        } else if (mode.isArray()) {
            mode.forEach(item -> configured.add(Pooling.byLabel(item.asText())));
        } else {
            config.properties().stream()
                    .filter(entry ->
                            entry.getKey().startsWith(FLAG) && entry.getValue().asBoolean())
                    .map(entry -> Optional.ofNullable(BY_FLAG.get(entry.getKey())))
                    .sorted(Comparator.comparing(pooling -> pooling.orElse(Pooling.CLS)))
                    .forEach(configured::add);
        }
        if (configured.isEmpty() && mode.isMissingNode()) {
            return List.of(Pooling.MEAN);
        }
        if (configured.isEmpty() || configured.stream().anyMatch(Optional::isEmpty)) {
            throw files.refusal(
                    file,
                    "asks for no pooling that is known; known are "
                            + Arrays.stream(Pooling.values())
                                    .map(Pooling::label)
                                    .toList());
        }
        return configured.stream().map(Optional::orElseThrow).toList();
    }
}
