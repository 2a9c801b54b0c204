package dev.embedding.model.layout;

import com.fasterxml.jackson.databind.JsonNode;
import dev.embedding.model.InputLimits;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The maximum number of tokens of a text, and the file that declares it or the limit that shortened it.
 *
 * <p>The model's own maximum is {@code max_seq_length} where it is set, else the tokenizer's {@code model_max_length};
 * never more than the number of positions.
 */
record MaxInputTokens(int count, String from) {

    /** {@code model_max_length} above this means "not set" (transformers writes 10^30). */
    private static final double PLAUSIBLE = 1e9;

    /** The setting, as the source of a maximum. */
    private static final String SETTING = "max_input_tokens";

    /** What fits into memory, as the source of a maximum. */
    private static final String MEMORY = "memory";

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

    /**
     * The same, or what a limit shortens it to: the setting, else the memory.
     *
     * @param memory memory of a run; empty where it cannot be estimated, or does not depend on the length
     */
    MaxInputTokens within(InputLimits limits, Optional<RunMemory> memory) {
        if (limits.maxTokens() > 0) {
            return shortened(limits.maxTokens(), SETTING);
        }
        return memory.isPresent() && limits.runBytes().isPresent()
                ? shortened(memory.get().maxTokens(limits.runBytes().getAsLong(), count), MEMORY)
                : this;
    }

    private MaxInputTokens shortened(int limit, String source) {
        return limit < count ? new MaxInputTokens(limit, source) : this;
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
