package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.model.InputLimits;
import dev.embedding.model.ModelUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaxInputTokensTest {

    private static final String HUGE = "1000000000000000019884624838656";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // sentence_bert_config.json, tokenizer_config.json, config.json
                "{\"max_seq_length\": 64} | - | {} | 64 | sentence_bert_config.json",
                "{\"max_seq_length\": 64} | {\"model_max_length\": 32} | {} | 64 | sentence_bert_config.json",
                "{\"max_seq_length\": null} | {\"model_max_length\": 32} | {} | 32 | tokenizer_config.json",
                "{} | {\"model_max_length\": 32} | {\"max_position_embeddings\": 64} | 32 | tokenizer_config.json",
                "- | {\"model_max_length\": 512} | {\"max_position_embeddings\": 64} | 64 | config.json",
                "{\"max_seq_length\": 512} | - | {\"max_position_embeddings\": 64} | 64 | config.json",
                "- | {\"model_max_length\": " + HUGE + "} | {\"max_position_embeddings\": 64} | 64 | config.json",
                "- | - | {\"max_position_embeddings\": 64} | 64 | config.json"
            })
    void acceptsTheSmallestDeclaredLength(
            @Nullable String sentence,
            @Nullable String tokenizer,
            String config,
            int count,
            String from,
            @TempDir Path directory)
            throws IOException {
        assertThat(read(directory, sentence, tokenizer, config)).isEqualTo(new MaxInputTokens(count, from));
    }

    @ParameterizedTest
    @CsvSource({
        "roberta, 1, 128",
        "xlm-roberta, 1, 128",
        "camembert, 1, 128",
        "mpnet, 1, 128",
        "bert, 0, 130",
        "roberta, 0, 129"
    })
    void excludesPositionsOfPadding(String architecture, int padTokenId, int count, @TempDir Path directory)
            throws IOException {
        String config = "{\"model_type\": \"%s\", \"pad_token_id\": %d, \"max_position_embeddings\": 130}"
                .formatted(architecture, padTokenId);

        assertThat(read(directory, null, null, config)).isEqualTo(new MaxInputTokens(count, "config.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {"- | -", "{} | {\"model_max_length\": " + HUGE + "}", "{\"max_seq_length\": \"64\"} | {}"})
    void rejectsAModelThatDeclaresNoLength(
            @Nullable String sentence, @Nullable String tokenizer, @TempDir Path directory) {
        assertThatThrownBy(() -> read(directory, sentence, tokenizer, "{}"))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: sentence_bert_config.json does not say max_seq_length");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void rejectsAnInvalidLength(int length, @TempDir Path directory) {
        assertThatThrownBy(() -> read(directory, "{\"max_seq_length\": " + length + "}", null, "{}"))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("Model copy: sentence_bert_config.json declares a maximum length of " + length);
    }

    @Test
    void looksInTheTransformersFolder(@TempDir Path directory) throws IOException {
        Files.createDirectory(directory.resolve("0_Transformer"));
        Files.writeString(directory.resolve("0_Transformer/sentence_bert_config.json"), "{\"max_seq_length\": 7}");

        MaxInputTokens maxTokens = read(directory, "0_Transformer/", "{}");

        assertThat(maxTokens).isEqualTo(new MaxInputTokens(7, "0_Transformer/sentence_bert_config.json"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // the model's own, setting, tokens that fit into memory
                "8192, 0, -, 8192, config.json",
                "8192, 0, 8192, 8192, config.json",
                "8192, 0, 8191, 8128, memory",
                "8192, 0, 2048, 2048, memory",
                "8192, 0, 100, 512, memory",
                "512, 0, 100, 512, config.json",
                "64, 0, 100, 64, config.json",
                "8192, 1000, -, 1000, max_input_tokens",
                "8192, 1000, 640, 1000, max_input_tokens",
                "8192, 1000, 2048, 1000, max_input_tokens",
                "8192, 8192, 640, 8192, config.json",
                "8192, 9000, 640, 8192, config.json",
                "512, 16, 100, 16, max_input_tokens"
            })
    void isShortenedByTheSettingElseByMemory(int own, int setting, @Nullable Integer fitting, int count, String from) {
        RunMemory memory = new RunMemory(768, 3072, 12, 64, true);
        OptionalLong runBytes = fitting == null ? OptionalLong.empty() : OptionalLong.of(memory.bytes(fitting));

        MaxInputTokens maxTokens =
                new MaxInputTokens(own, "config.json").within(new InputLimits(setting, runBytes), Optional.of(memory));

        assertThat(maxTokens).isEqualTo(new MaxInputTokens(count, from));
    }

    @Test
    void isShortenedByTheSettingAloneWhereMemoryIsNotEstimated() {
        MaxInputTokens own = new MaxInputTokens(8192, "config.json");
        OptionalLong runBytes = OptionalLong.of(1);

        assertThat(own.within(new InputLimits(0, runBytes), Optional.empty())).isEqualTo(own);
        assertThat(own.within(new InputLimits(16, runBytes), Optional.empty()))
                .isEqualTo(new MaxInputTokens(16, "max_input_tokens"));
    }

    private static MaxInputTokens read(
            Path directory, @Nullable String sentence, @Nullable String tokenizer, String config) throws IOException {
        if (sentence != null) {
            Files.writeString(directory.resolve("sentence_bert_config.json"), sentence);
        }
        if (tokenizer != null) {
            Files.writeString(directory.resolve("tokenizer_config.json"), tokenizer);
        }
        return read(directory, "", config);
    }

    private static MaxInputTokens read(Path directory, String folder, String config) throws IOException {
        ModelFiles files = new ModelFiles("copy", new ModelDirectory.Local(directory));
        return MaxInputTokens.read(
                files, SentenceBertConfig.read(files, folder), folder, new ObjectMapper().readTree(config));
    }
}
