package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens of a text a model takes, and which file says so: {@code max_seq_length} where it is set, else the
 * tokenizer's {@code model_max_length}; never more than there are positions.
 */
record MaxTokens(int count, String from) {

    /** {@code model_max_length} above this means "not set" (transformers writes 10^30). */
    private static final double PLAUSIBLE = 1e9;

    static MaxTokens read(ModelFiles files, SentenceConfig sentences, String transformer, JsonNode config) {
        int positions = LearnedPositions.count(config);
        MaxTokens declared = declared(files, sentences, transformer + "tokenizer_config.json");
        if (declared != null && declared.count() < 1) {
            throw files.refusal(declared.from(), "declares a maximum length of " + declared.count() + " tokens");
        }
        if (positions > 0 && (declared == null || declared.count() > positions)) {
            return new MaxTokens(positions, transformer + "config.json");
        }
        if (declared == null) {
            throw files.refusal(
                    sentences.file(), "does not say max_seq_length, and no other file tells the maximum length");
        }
        return declared;
    }

    private static @Nullable MaxTokens declared(ModelFiles files, SentenceConfig sentences, String tokenizerConfig) {
        Optional<Double> here = sentences.maxTokens();
        MaxTokens declared = here.map(count -> new MaxTokens(count.intValue(), sentences.file()))
                .orElseGet(() -> ofTokenizer(files, tokenizerConfig));
        Optional<Double> shorter = sentences.shorterLength();
        if (shorter.isPresent() && (declared == null || shorter.get() < declared.count())) {
            return new MaxTokens(shorter.get().intValue(), sentences.file());
        }
        return declared;
    }

    private static @Nullable MaxTokens ofTokenizer(ModelFiles files, String tokenizerConfig) {
        JsonNode count = files.optionalJson(tokenizerConfig).path("model_max_length");
        return count.isNumber() && count.asDouble() < PLAUSIBLE ? new MaxTokens(count.asInt(), tokenizerConfig) : null;
    }
}
