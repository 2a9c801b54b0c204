package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.embedding.model.ModelUnavailableException;
import java.util.List;
import java.util.Optional;

/**
 * Options of a Transformer module: {@code sentence_bert_config.json}, which has had other names too.
 *
 * @param file that was found, or the usual name
 */
record SentenceBertConfig(String file, JsonNode content) {

    /** In the order in which they are looked for. */
    static final List<String> NAMES = List.of(
            "sentence_bert_config.json",
            "sentence_roberta_config.json",
            "sentence_distilbert_config.json",
            "sentence_camembert_config.json",
            "sentence_albert_config.json",
            "sentence_xlm-roberta_config.json",
            "sentence_xlnet_config.json");

    /** What is handed to the tokenizer when it is loaded, by version 5 and 6; both count more than its own file. */
    private static final List<String> TOKENIZER_ARGUMENTS = List.of("processor_kwargs", "tokenizer_args");

    private static final String TOKEN_VECTORS = "token_embeddings";
    private static final String LAST_LAYER = "last_hidden_state";

    /** @throws ModelUnavailableException when it asks for what an ONNX file with token vectors cannot give */
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
                    "asks for " + output + " of " + (layer.isMissingNode() ? "the model" : layer)
                            + "; supported are the token vectors of the last layer");
        }
    }

    /** Whether texts are lower-cased before anything else. */
    boolean lowerCases() {
        return content.path("do_lower_case").asBoolean();
    }

    /** Most tokens of a text, when it is said here. */
    Optional<Double> maxTokens() {
        return number(tokenizerArgument("model_max_length")).or(() -> number(content.path("max_seq_length")));
    }

    /** A shorter length for the tokenizing alone. */
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
