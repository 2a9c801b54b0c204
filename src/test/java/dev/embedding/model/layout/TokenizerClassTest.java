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

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
