package dev.embedding.bench;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a server is asked for vectors: {@code POST} of a JSON object with a list of texts.
 *
 * @param path that is posted to
 * @param opening of the object, up to the list
 */
record Shape(String path, String opening) {

    static final Shape OURS = new Shape("/embed", "{\"texts\": ");

    String body(List<Text> texts) {
        return texts.stream()
                .map(text -> '"' + text.text() + '"')
                .collect(Collectors.joining(", ", opening + "[", "]}"));
    }
}
