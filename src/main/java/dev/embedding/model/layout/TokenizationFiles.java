package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.InputLimits;
import dev.embedding.model.Tokenization;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads the tokenizing options from a model's files. */
final class TokenizationFiles {

    private static final String TOKENIZER = "tokenizer.json";
    private static final String LEFT = "left";

    private TokenizationFiles() {}

    /**
     * @param config {@code config.json}
     * @param exported whether the model's graph is an exported one
     */
    static Tokenization ofTransformer(
            ModelFiles files, String folder, JsonNode config, InputLimits limits, boolean exported) {
        SentenceBertConfig sentences = SentenceBertConfig.read(files, folder);
        MaxInputTokens maxTokens =
                MaxInputTokens.read(files, sentences, folder, config).within(limits, RunMemory.of(config, exported));
        JsonNode tokenizer = files.optionalJson(folder + "tokenizer_config.json");
        return new Tokenization(
                files.requireFile(
                        folder + TOKENIZER, "save the model's fast tokenizer with tokenizer.save_pretrained(…)"),
                true,
                maxTokens.count(),
                maxTokens.from(),
                cutsStart(files, folder, sentences),
                sentences.lowerCases(),
                TokenizerClass.componentFields(tokenizer, config),
                TokenizerClass.addedToken("bos_token", tokenizer, config),
                TokenizerClass.addedToken("eos_token", tokenizer, config));
    }

    /**
     * A static table has no limit of its own, but one that its tokenizer was saved with applies. Only the setting
     * shortens it: adding vectors up takes the same memory for any number of tokens.
     */
    static Tokenization ofTable(ModelFiles files, String folder, InputLimits limits) {
        Path file = files.requireFile(folder + TOKENIZER, "it is part of a StaticEmbedding module");
        JsonNode truncation = files.topLevelField(folder + TOKENIZER, "truncation");
        int savedWith = truncation.path("max_length").asInt(Tokenization.NO_LIMIT);
        MaxInputTokens maxTokens = new MaxInputTokens(savedWith, folder + TOKENIZER).within(limits, Optional.empty());
        return new Tokenization(
                file,
                false,
                maxTokens.count(),
                maxTokens.from(),
                isLeft(truncation.path("direction")),
                false,
                Map.of(),
                "",
                "");
    }

    /**
     * Whether texts are truncated at the start: as another file configures it, else as the tokenizer's own file was
     * saved.
     */
    private static boolean cutsStart(ModelFiles files, String folder, SentenceBertConfig sentences) {
        Optional<JsonNode> configured = Optional.of(sentences.tokenizerArgument("truncation_side"))
                .filter(JsonNode::isTextual)
                .or(() -> Optional.of(files.optionalJson(folder + "tokenizer_config.json")
                                .path("truncation_side"))
                        .filter(JsonNode::isTextual));
        return isLeft(configured.orElseGet(
                () -> files.topLevelField(folder + TOKENIZER, "truncation").path("direction")));
    }

    private static boolean isLeft(JsonNode direction) {
        return direction.asText().equalsIgnoreCase(LEFT);
    }
}
