package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.embedding.model.DenseLayer;
import dev.embedding.model.PostPoolingModule;
import dev.embedding.vector.Activation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The modules that {@code modules.json} lists, in order: a transformer with its pooling, or a static table, and then
 * modules that transform the text's vector. Normalize and Dropout have no files, and Dropout has an effect in training
 * only.
 */
final class ModuleChain {

    static final String FILE = "modules.json";
    static final String SAFETENSORS = "model.safetensors";

    private static final String TRANSFORMER = "Transformer";
    private static final String POOLING = "Pooling";
    private static final String STATIC = "StaticEmbedding";
    private static final String DENSE = "Dense";
    private static final String LAYER_NORM = "LayerNorm";
    private static final String NORMALIZE = "Normalize";
    private static final String DROPOUT = "Dropout";
    private static final String DEFAULT_ACTIVATION = "torch.nn.modules.activation.Tanh";
    private static final Set<String> SUPPORTED =
            Set.of(TRANSFORMER, POOLING, STATIC, DENSE, LAYER_NORM, NORMALIZE, DROPOUT);

    private static final String SUPPORTED_CHAINS =
            "(Transformer Pooling|StaticEmbedding)( (Dense|LayerNorm|Normalize|Dropout))*";

    /** The default input of a Dense module: the text's vector. */
    private static final String VECTOR = "sentence_embedding";

    /** Package of the supported modules; modules of other packages are code that comes with the model. */
    private static final String PACKAGE = "sentence_transformers.";

    private final ModelFiles files;
    private final List<Module> modules;
    private final boolean listed;

    private ModuleChain(ModelFiles files, List<Module> modules, boolean listed) {
        this.files = files;
        this.modules = modules;
        this.listed = listed;
    }

    /** @param path folder of the module's files inside the model, empty for the model's own folder */
    private record Module(String type, String path) {
        String folder() {
            return path.isEmpty() ? "" : path + "/";
        }
    }

    /** Reads {@code modules.json}; without it a model is a transformer and a pooling. */
    static ModuleChain read(ModelFiles files) {
        if (!files.has(FILE) && files.has("config.json")) {
            return new ModuleChain(files, List.of(new Module(TRANSFORMER, ""), new Module(POOLING, "")), false);
        }
        List<Module> modules = new ArrayList<>();
        JsonNode list = files.json(FILE);
        for (JsonNode module : list.isArray() ? list : MissingNode.getInstance()) {
            modules.add(new Module(type(files, module), folder(files, module)));
        }
        List<String> types = modules.stream().map(Module::type).toList();
        if (!String.join(" ", types).matches(SUPPORTED_CHAINS)) {
            modules.stream().findFirst().ifPresent(first -> refuseByTask(files, first));
            throw files.refusal(
                    FILE,
                    "lists " + types + "; supported is Transformer and Pooling, or StaticEmbedding, and then any of"
                            + " Dense, LayerNorm, Normalize and Dropout");
        }
        return new ModuleChain(files, modules, true);
    }

    private static void refuseByTask(ModelFiles files, Module transformer) {
        String file = transformer.folder() + SentenceBertConfig.NAMES.get(0);
        String task = files.optionalJson(file).path("transformer_task").asText();
        UnsupportedTask.ofTransformerTask(task).ifPresent(other -> {
            throw files.refusal(file, "has the transformer_task " + task + other.refusal());
        });
    }

    /** A downloaded model must not make the service read files outside its folder. */
    private static String folder(ModelFiles files, JsonNode module) {
        String path = module.path("path").asText();
        if (path.startsWith("/")
                || path.contains("\\")
                || List.of(path.split("/")).contains("..")) {
            throw files.refusal(FILE, "has a module in '" + path + "', which is not in the model's folder");
        }
        return Stream.of(path.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .collect(Collectors.joining("/"));
    }

    private static String type(ModelFiles files, JsonNode module) {
        String type = module.path("type").asText();
        UnsupportedTask.ofModule(type).ifPresent(task -> {
            throw files.refusal(FILE, "has the module " + type + task.refusal());
        });
        if (!type.startsWith(PACKAGE)) {
            throw files.refusal(
                    FILE, "has the module " + type + ", which is code that comes with the model and is not run here");
        }
        String simple = type.substring(type.lastIndexOf('.') + 1);
        if (!SUPPORTED.contains(simple)) {
            throw files.refusal(FILE, "has the module " + simple + ", which is not supported");
        }
        return simple;
    }

    boolean isStatic() {
        return modules.get(0).type().equals(STATIC);
    }

    /** Folder of the transformer's or the table's files: empty, or with a slash at its end. */
    String firstFolder() {
        return modules.get(0).folder();
    }

    /** Whether the model has a {@code modules.json}. */
    boolean isListed() {
        return listed;
    }

    /** Types of all modules, in order. */
    List<String> names() {
        return modules.stream().map(Module::type).toList();
    }

    /** Folders of all modules. */
    List<String> folders() {
        return modules.stream().map(Module::folder).toList();
    }

    /** The pooling's configuration file, which may be missing where no modules are listed. */
    String poolingConfig() {
        return listed ? modules.get(1).folder() + "config.json" : PoolingSelection.USUAL_FILE;
    }

    /** Whether the last module that has an effect is Normalize. */
    boolean normalizes() {
        List<Module> afterPooling = afterPooling();
        return !afterPooling.isEmpty()
                && afterPooling.get(afterPooling.size() - 1).type().equals(NORMALIZE);
    }

    /** The modules after the pooling or the table, without a Normalize at the end. */
    List<PostPoolingModule> vectorModules() {
        List<Module> afterPooling = afterPooling();
        afterPooling.stream()
                .filter(module ->
                        module.type().equals(NORMALIZE) && !module.path().isEmpty())
                .forEach(module -> requireVector(module, files.optionalJson(module.folder() + "config.json")));
        int end = afterPooling.size();
        while (end > 0 && afterPooling.get(end - 1).type().equals(NORMALIZE)) {
            end--;
        }
        return afterPooling.subList(0, end).stream().map(this::vectorModule).toList();
    }

    private List<Module> afterPooling() {
        return modules.stream()
                .skip(isStatic() ? 1 : 2)
                .filter(module -> !module.type().equals(DROPOUT))
                .toList();
    }

    private PostPoolingModule vectorModule(Module module) {
        return switch (module.type()) {
            case DENSE -> dense(module);
            case LAYER_NORM -> layerNorm(module);
            default -> new PostPoolingModule.Normalize();
        };
    }

    /** Rejects a module that reads or writes anything but the text's vector. */
    private void requireVector(Module module, JsonNode config) {
        String file = module.folder() + "config.json";
        String reads = config.path("module_input_name").asText(VECTOR);
        String writes = config.path("module_output_name").asText(reads);
        if (writes.equals(UnsupportedTask.SCORES)) {
            throw files.refusal(
                    file, "has the " + module.type() + " module write " + writes + UnsupportedTask.RERANKER.refusal());
        }
        if (!reads.equals(VECTOR) || !writes.equals(VECTOR)) {
            throw files.refusal(
                    file,
                    "has the " + module.type() + " module "
                            + (reads.equals(VECTOR) ? "write " + writes : "read " + reads) + "; supported is " + VECTOR
                            + " only");
        }
    }

    private DenseLayer dense(Module module) {
        String file = module.folder() + "config.json";
        JsonNode config = files.json(file);
        requireVector(module, config);
        // As in sentence-transformers: a missing activation, or one that is not a torch class, is Tanh.
        String configured = config.path("activation_function").asText(DEFAULT_ACTIVATION);
        String activation = configured.startsWith("torch.") ? configured : DEFAULT_ACTIVATION;
        return new DenseLayer(
                weights(module),
                config.path("in_features").asInt(),
                config.path("out_features").asInt(),
                config.path("bias").asBoolean(true),
                activation(activation)
                        .orElseThrow(() -> files.refusal(
                                file, "requires the activation " + activation + ", which is not supported")),
                config.path("use_residual").asBoolean());
    }

    /** Finds an activation by its torch class, as {@code torch.nn.modules.activation.Tanh}. */
    private static Optional<Activation> activation(String torchClass) {
        String name = torchClass.substring(torchClass.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
        return Arrays.stream(Activation.values())
                .filter(activation -> activation.name().equals(name))
                .findFirst();
    }

    private PostPoolingModule.LayerNorm layerNorm(Module module) {
        JsonNode config = files.json(module.folder() + "config.json");
        return new PostPoolingModule.LayerNorm(
                weights(module), config.path("dimension").asInt());
    }

    private Path weights(Module module) {
        return files.requireFile(
                module.folder() + SAFETENSORS,
                "its weights are read from safetensors only; save the model with safe_serialization=True");
    }
}
