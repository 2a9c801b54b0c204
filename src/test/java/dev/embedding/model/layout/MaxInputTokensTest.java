package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.embedding.model.ModelUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
