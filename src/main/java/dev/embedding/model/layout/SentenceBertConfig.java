package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.embedding.model.ModelUnavailableException;
import java.util.List;
import java.util.Optional;

/**
 * Configuration of a transformer in sentence-transformers: {@code sentence_bert_config.json}, which had other names in
 * earlier versions.
 *
 * @param file the file that was found, or the default name
 */
record SentenceBertConfig(String file, JsonNode content) {

    /** Names of the file, in search order. */
    static final List<String> NAMES = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    /** Fields with arguments of the tokenizer, in versions 6 and 5; both override the tokenizer's own file. */
    private static final List<String> TOKENIZER_ARGUMENTS = List.of("processor_kwargs", "tokenizer_args");

    private static final String TOKEN_VECTORS = "token_embeddings";
    private static final String LAST_LAYER = "last_hidden_state";

    /** @throws ModelUnavailableException when it requires what an ONNX file with token vectors does not support */
    static SentenceBertConfig read(ModelFiles files, String folder) {
        String file = NAMES.stream()
                .map(name -> folder + name)
                .filter(files::has)
                .findFirst()
                .orElse(folder + NAMES.get(0));
        SentenceBertConfig config = new SentenceBertConfig(file, files.optionalJson(file));
        config.refuseOtherInputs(files);
        return config;
    }

    private void refuseOtherInputs(ModelFiles files) {
        JsonNode modalities = content.path("modality_config");
        if (modalities.has("message")) {
            throw files.refusal(file, "sends texts through a chat template, which is not supported");
        }
        String output = content.path("module_output_name").asText(TOKEN_VECTORS);
        JsonNode layer = modalities.path("text").path("method_output_name");
        if (!output.equals(TOKEN_VECTORS)
                || layer.isValueNode() && !layer.asText().equals(LAST_LAYER)
                || layer.isArray()) {
            throw files.refusal(
                    file,
                    "requires " + output + " of " + (layer.isMissingNode() ? "the model" : layer)
                            + "; supported are the token vectors of the last layer");
        }
    }

    /** Whether texts are lower-cased before anything else. */
    boolean lowerCases() {
        return content.path("do_lower_case").asBoolean();
    }

    /** The maximum number of tokens of a text, when it is set here. */
    Optional<Double> maxTokens() {
        return number(tokenizerArgument("model_max_length")).or(() -> number(content.path("max_seq_length")));
    }

    /** A shorter limit that applies to tokenizing only. */
    Optional<Double> shorterLength() {
        return number(content.path("processing_kwargs").path("text").path("max_length"));
    }

    private static Optional<Double> number(JsonNode value) {
        return value.isNumber() ? Optional.of(value.asDouble()) : Optional.empty();
    }

    JsonNode tokenizerArgument(String name) {
        for (String arguments : TOKENIZER_ARGUMENTS) {
            if (content.path(arguments).has(name)) {
                return content.path(arguments).path(name);
            }
        }
        return MissingNode.getInstance();
    }
}
