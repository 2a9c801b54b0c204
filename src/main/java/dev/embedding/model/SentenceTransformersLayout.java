package dev.embedding.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private static final String POOLING_FLAG = "pooling_mode_";

    private final String name;
    private final ModelDescription.Source source;
    private final ModelFiles files;

    SentenceTransformersLayout(String name, ModelDescription.Source source, Path directory) {
        this.name = name;
        this.source = source;
        this.files = new ModelFiles(name, directory);
    }

    /** @throws ModelUnavailableException when a file is missing, unreadable, or asks for something not supported */
    ModelDescription read() {
        List<Module> modules = modules();
        String transformer = modules.get(0).prefix();
        boolean normalizes = modules.size() == 3;
        refusePrompts();
        refuseLowerCasing(transformer);
        JsonNode config = files.json(transformer + "config.json");
        MaxTokens maxTokens = MaxTokens.read(files, transformer, config);
        return new ModelDescription(
                name,
                source,
                weights(transformer),
                files.requireFile(
                        transformer + "tokenizer.json",
                        "save the model's fast tokenizer with tokenizer.save_pretrained(…)"),
                config.path("model_type").asText("unknown"),
                pooling(modules.get(1).prefix() + "config.json"),
                normalizes,
                maxTokens.count(),
                maxTokens.from(),
                config.path("pad_token_id").asInt(0));
    }

    private List<Module> modules() {
        List<Module> modules = new ArrayList<>();
        for (JsonNode module : files.json(MODULES)) {
            String type = module.path("type").asText();
            modules.add(new Module(
                    type.substring(type.lastIndexOf('.') + 1),
                    module.path("path").asText()));
        }
        List<String> types = modules.stream().map(Module::type).toList();
        List<String> supported = List.of("Transformer", "Pooling", "Normalize");
        for (String type : types) {
            if (!supported.contains(type)) {
                throw files.refusal(MODULES, "has the module " + type + ", which is not supported");
            }
        }
        if (!types.equals(supported) && !types.equals(supported.subList(0, 2))) {
            throw files.refusal(
                    MODULES, "lists " + types + "; supported is Transformer, Pooling, and then Normalize or nothing");
        }
        return modules;
    }

    private void refusePrompts() {
        String file = "config_sentence_transformers.json";
        String defaultPrompt =
                files.optionalJson(file).path("default_prompt_name").asText("null");
        if (!defaultPrompt.equals("null")) {
            throw files.refusal(file, "names the default prompt " + defaultPrompt + ", and prompts are not supported");
        }
    }

    private void refuseLowerCasing(String transformer) {
        String file = transformer + "sentence_bert_config.json";
        if (files.optionalJson(file).path("do_lower_case").asBoolean()) {
            throw files.refusal(file, "asks for do_lower_case, which is not supported");
        }
    }

    private Path weights(String transformer) {
        for (String file : List.of("onnx/model.onnx", "model.onnx")) {
            for (String folder : List.of(transformer, "")) {
                if (files.has(folder + file)) {
                    return files.path(folder + file);
                }
            }
        }
        throw files.refusal(
                "onnx/model.onnx",
                "is missing; export the model with: optimum-cli export onnx --task feature-extraction --model " + name
                        + " <directory>");
    }

    private PoolingMode pooling(String file) {
        JsonNode config = files.json(file);
        JsonNode mode = config.path("pooling_mode");
        List<String> wanted = new ArrayList<>();
        if (mode.isTextual()) {
            wanted.add(mode.asText());
        } else if (mode.isArray()) {
            mode.forEach(item -> wanted.add(item.asText()));
        } else {
            for (Map.Entry<String, JsonNode> entry : config.properties()) {
                if (entry.getKey().startsWith(POOLING_FLAG) && entry.getValue().asBoolean()) {
                    wanted.add(entry.getKey());
                }
            }
        }
        Optional<PoolingMode> pooling = wanted.size() != 1
                ? Optional.empty()
                : PoolingMode.byLabel(wanted.get(0)).or(() -> PoolingMode.byFlag(wanted.get(0)));
        return pooling.orElseThrow(
                () -> files.refusal(file, "asks for the pooling " + wanted + "; supported is cls or mean alone"));
    }

    /** @param path folder of the module's files inside the model, empty for the model's own folder */
    private record Module(String type, String path) {
        String prefix() {
            return path.isEmpty() ? "" : path + "/";
        }
    }
}
