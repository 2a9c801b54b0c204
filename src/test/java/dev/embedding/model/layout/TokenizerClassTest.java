package dev.embedding.model.layout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerClassTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | null",
                "{'tokenizer_class': 'BertTokenizerFast'} | null",
                "{'tokenizer_class': 'BertTokenizer', 'strip_accents': null} | null",
                "{'tokenizer_class': 'BertTokenizer', 'strip_accents': false} | false",
                "{'tokenizer_class': 'BertTokenizer', 'strip_accents': true} | true"
            },
            quoteCharacter = '"')
    void stripsAccentsAsTheClassIsConfiguredAndNotAsTheTokenizerFileSays(String tokenizer, String expected)
            throws JsonProcessingException {
        Map<String, Map<String, Object>> fields =
                TokenizerClass.componentFields(json(tokenizer), json("{'model_type': 'bert'}"));

        assertThat(fields.get("BertNormalizer")).containsEntry("strip_accents", json(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'tokenizer_class': 'LlamaTokenizer', 'add_eos_token': true, 'eos_token': '</s>'} | llama | </s>",
                "{'tokenizer_class': 'GemmaTokenizerFast', 'add_eos_token': true, 'eos_token': {'content': '<eos>'}}"
                        + " | gemma3_text | <eos>",
                "{'add_eos_token': true, 'eos_token': '</s>'} | mistral | </s>",
                "{'tokenizer_class': 'Qwen2Tokenizer', 'auto_map': {}, 'add_eos_token': true, 'eos_token': '<e>'}"
                        + " | qwen2 | <e>",
                "{'tokenizer_class': 'Qwen2Tokenizer', 'add_eos_token': true, 'eos_token': '<e>'} | qwen2 | ''",
                "{'tokenizer_class': 'LlamaTokenizer', 'add_eos_token': false, 'eos_token': '</s>'} | llama | ''",
                "{'tokenizer_class': 'LlamaTokenizer', 'eos_token': '</s>'} | llama | ''",
                "{'tokenizer_class': 'LlamaTokenizer', 'add_eos_token': true, 'eos_token': null} | llama | ''"
            })
    void addsTheLastTokenWhereTheClassTakesTheField(String tokenizer, String type, String expected)
            throws JsonProcessingException {
        assertThat(TokenizerClass.addedToken("eos_token", json(tokenizer), json("{'model_type': '" + type + "'}")))
                .isEqualTo(expected);
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
