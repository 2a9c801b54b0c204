package dev.embedding.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;

/** Parses lists: JSON ({@code ["a", "b"]}) or text separated by commas. */
final class TextList {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TextList() {}

    /** @throws IllegalArgumentException when it starts like JSON but is not a JSON list of texts */
    static List<String> parse(String text) {
        String stripped = text.strip();
        List<String> items = stripped.startsWith("[") ? jsonItems(stripped) : List.of(stripped.split(","));
        return items.stream().map(String::strip).filter(item -> !item.isEmpty()).toList();
    }

    static String text(List<?> items) {
        try {
            return JSON.writeValueAsString(items);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static List<String> jsonItems(String text) {
        try {
            List<String> items = new ArrayList<>();
            for (JsonNode item : JSON.readTree(text)) {
                if (!item.isTextual()) {
                    throw new IllegalArgumentException("Not a JSON list of texts");
                }
                items.add(item.asText());
            }
            return items;
        } catch (JsonProcessingException failure) {
            throw new IllegalArgumentException("Not a JSON list of texts", failure);
        }
    }
}
