package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.ModelUnavailableException;
import dev.embedding.model.Prompts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the prompts from {@code config_sentence_transformers.json}. */
final class PromptsFile {

    static final String NAME = "config_sentence_transformers.json";

    private PromptsFile() {}

    /** @throws ModelUnavailableException when the default prompt is not among the prompts */
    static Prompts read(ModelFiles files) {
        JsonNode file = files.optionalJson(NAME);
        Map<String, String> byName = new LinkedHashMap<>();
        file.path("prompts")
                .properties()
                .forEach(prompt -> byName.put(
                        prompt.getKey(),
                        prompt.getValue().isTextual() ? prompt.getValue().textValue() : ""));
        Prompts prompts = new Prompts(
                byName, Optional.ofNullable(file.path("default_prompt_name").textValue()));
        prompts.defaultName().filter(name -> !prompts.names().contains(name)).ifPresent(name -> {
            throw files.refusal(NAME, "names the default prompt " + name + ", but has only " + prompts.names());
        });
        return prompts;
    }
}
