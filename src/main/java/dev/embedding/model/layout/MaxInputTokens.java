package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The maximum number of tokens of a text, and the file that declares it: {@code max_seq_length} where it is set, else
 * the tokenizer's {@code model_max_length}; never more than the number of positions.
 */
record MaxInputTokens(int count, String from) {

    /** {@code model_max_length} above this means "not set" (transformers writes 10^30). */
    private static final double PLAUSIBLE = 1e9;

    static MaxInputTokens read(ModelFiles files, SentenceBertConfig sentences, String transformer, JsonNode config) {
        int positions = PositionEmbeddings.count(config);
        MaxInputTokens declared = declared(files, sentences, transformer + "tokenizer_config.json");
        if (declared != null && declared.count() < 1) {
            throw files.refusal(declared.from(), "declares a maximum length of " + declared.count() + " tokens");
        }
        if (positions > 0 && (declared == null || declared.count() > positions)) {
            return new MaxInputTokens(positions, transformer + "config.json");
        }
        if (declared == null) {
            throw files.refusal(
                    sentences.file(), "does not say max_seq_length, and no other file tells the maximum length");
        }
        return declared;
    }

    private static @Nullable MaxInputTokens declared(
            ModelFiles files, SentenceBertConfig sentences, String tokenizerConfig) {
        Optional<Double> here = sentences.maxTokens();
        MaxInputTokens declared = here.map(count -> new MaxInputTokens(count.intValue(), sentences.file()))
                .orElseGet(() -> ofTokenizer(files, tokenizerConfig));
        Optional<Double> shorter = sentences.shorterLength();
        if (shorter.isPresent() && (declared == null || shorter.get() < declared.count())) {
            return new MaxInputTokens(shorter.get().intValue(), sentences.file());
        }
        return declared;
    }

    private static @Nullable MaxInputTokens ofTokenizer(ModelFiles files, String tokenizerConfig) {
        JsonNode count = files.optionalJson(tokenizerConfig).path("model_max_length");
        return count.isNumber() && count.asDouble() < PLAUSIBLE
                ? new MaxInputTokens(count.asInt(), tokenizerConfig)
                : null;
    }
}
