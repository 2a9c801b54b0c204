package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads a directory in the layout of sentence-transformers, both generations of its files. What is not understood is
 * refused by file name, never guessed.
 *
 * @see <a href="https://sbert.net/docs/package_reference/sentence_transformer/models.html">sentence-transformers'
 *     modules</a>
 */
final class SentenceTransformersLayout {

    private static final String MODULES = "modules.json";
    private static final String TRANSFORMER = "Transformer";
    private static final String POOLING = "Pooling";
    private static final String DENSE = "Dense";
    private static final String NORMALIZE = "Normalize";
    /** The path of a module that is understood without files. */
    private static final String NO_FILES = "-";

    private static final String POOLING_FLAG = "pooling_mode_";

    /** What is read of every model that has it, besides its weights. */
    private static final List<String> FILES_OF_A_MODULE =
            List.of("config.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json");

    private final ModelWish wish;
    private final ModelDescription.Source source;
    private final ModelFiles files;

    SentenceTransformersLayout(ModelWish wish, ModelDescription.Source source, ModelFolder folder) {
        this.wish = wish;
        this.source = source;
        this.files = new ModelFiles(wish.name(), folder);
    }

    /** @throws ModelUnavailableException when a file is missing, unreadable, or asks for something not supported */
    ModelDescription read() {
        files.fetch(List.of(MODULES, Prompts.FILE));
        List<Module> modules = modules();
        files.fetch(modules.stream()
                .flatMap(module -> FILES_OF_A_MODULE.stream().map(file -> module.prefix() + file))
                .toList());
        String transformer = modules.get(0).prefix();
        boolean normalizes = modules.get(modules.size() - 1).type().equals(NORMALIZE);
        JsonNode config = files.json(transformer + "config.json");
        MaxTokens maxTokens = MaxTokens.read(files, transformer, config);
        Prompts prompts = Prompts.read(files).orElse(wish.queryPrompt(), wish.documentPrompt());
        return new ModelDescription(
                wish.name(),
                source,
                weights(transformer),
                files.requireFile(
                        transformer + "tokenizer.json",
                        "save the model's fast tokenizer with tokenizer.save_pretrained(…)"),
                config.path("model_type").asText("unknown"),
                modules.get(1).path().equals(NO_FILES)
                        ? List.of(PoolingMode.MEAN)
                        : poolings(modules.get(1).prefix() + "config.json"),
                modules.stream()
                        .filter(module -> module.type().equals(DENSE))
                        .map(this::dense)
                        .toList(),
                normalizes,
                maxTokens.count(),
                maxTokens.from(),
                files.optionalJson(transformer + "tokenizer_config.json")
                        .path("truncation_side")
                        .asText()
                        .equals("left"),
                files.optionalJson(transformer + "sentence_bert_config.json")
                        .path("do_lower_case")
                        .asBoolean(),
                config.path("pad_token_id").asInt(0),
                prompts,
                modules.get(1).path().equals(NO_FILES)
                        || files.json(modules.get(1).prefix() + "config.json")
                                .path("include_prompt")
                                .asBoolean(true));
    }

    /** Without {@code modules.json} a model is a transformer and the mean of its tokens, as sentence-transformers has it. */
    private List<Module> modules() {
        if (!files.has(MODULES) && files.has("config.json")) {
            return List.of(new Module(TRANSFORMER, ""), new Module(POOLING, NO_FILES));
        }
        List<Module> modules = new ArrayList<>();
        for (JsonNode module : files.json(MODULES)) {
            String type = module.path("type").asText();
            modules.add(new Module(
                    type.substring(type.lastIndexOf('.') + 1),
                    module.path("path").asText()));
        }
        List<String> types = modules.stream().map(Module::type).toList();
        for (String type : types) {
            if (!List.of(TRANSFORMER, POOLING, DENSE, NORMALIZE).contains(type)) {
                throw files.refusal(MODULES, "has the module " + type + ", which is not supported");
            }
        }
        if (!String.join(" ", types).matches("Transformer Pooling( Dense)*( Normalize)?")) {
            throw files.refusal(
                    MODULES,
                    "lists " + types + "; supported is Transformer, Pooling, any number of Dense, and then Normalize or"
                            + " nothing");
        }
        return modules;
    }

    private DenseLayer dense(Module module) {
        String file = module.prefix() + "config.json";
        JsonNode config = files.json(file);
        String activation = config.path("activation_function").asText("torch.nn.modules.activation.Tanh");
        return new DenseLayer(
                files.requireFile(
                        module.prefix() + "model.safetensors",
                        "its weights are read from safetensors only; save the model with" + " safe_serialization=True"),
                config.path("in_features").asInt(),
                config.path("out_features").asInt(),
                config.path("bias").asBoolean(true),
                DenseLayer.Activation.byTorchClass(activation)
                        .orElseThrow(() -> files.refusal(
                                file, "asks for the activation " + activation + ", which is not supported")));
    }

    private Path weights(String transformer) {
        String file = new OnnxFileChoice(files, transformer).choose(wish);
        return files.requireFile(file, "the model cannot be served without it");
    }

    private List<PoolingMode> poolings(String file) {
        JsonNode config = files.json(file);
        JsonNode mode = config.path("pooling_mode");
        List<Optional<PoolingMode>> wanted = new ArrayList<>();
        if (mode.isTextual()) {
            wanted.add(PoolingMode.byLabel(mode.asText()));
        } else if (mode.isArray()) {
            mode.forEach(item -> wanted.add(PoolingMode.byLabel(item.asText())));
        } else {
            config.properties().stream()
                    .filter(entry -> entry.getKey().startsWith(POOLING_FLAG)
                            && entry.getValue().asBoolean())
                    .map(entry -> PoolingMode.byFlag(entry.getKey()))
                    .sorted(Comparator.comparing(pooling -> pooling.orElse(PoolingMode.CLS)))
                    .forEach(wanted::add);
        }
        if (wanted.isEmpty() || wanted.stream().anyMatch(Optional::isEmpty)) {
            throw files.refusal(
                    file,
                    "asks for no pooling that is known; known are "
                            + Arrays.stream(PoolingMode.values())
                                    .map(PoolingMode::label)
                                    .toList());
        }
        return wanted.stream().map(Optional::orElseThrow).toList();
    }

    /** @param path folder of the module's files inside the model, empty for the model's own folder */
    private record Module(String type, String path) {
        String prefix() {
            return path.isEmpty() ? "" : path + "/";
        }
    }
}
