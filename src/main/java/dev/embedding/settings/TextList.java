package dev.embedding.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;

/** A list as people write it: JSON ({@code ["a", "b"]}) or separated by commas. */
final class TextList {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TextList() {}

    /** @throws IllegalArgumentException when it starts like JSON but is no JSON list of texts */
    static List<String> parse(String text) {
        String stripped = text.strip();
        String[] items = stripped.startsWith("[") ? jsonItems(stripped) : stripped.split(",");
        return Arrays.stream(items)
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static String[] jsonItems(String text) {
        try {
            return JSON.readValue(text, String[].class);
        } catch (JsonProcessingException failure) {
            throw new IllegalArgumentException("Not a JSON list of texts", failure);
        }
    }
}
