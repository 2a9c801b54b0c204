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
    static final Shape OPENAI_FLOAT = new Shape("/v1/embeddings", "{\"encoding_format\": \"float\", \"input\": ");
    static final Shape OPENAI_BASE64 = new Shape("/v1/embeddings", "{\"encoding_format\": \"base64\", \"input\": ");

    String body(List<Text> texts) {
        return texts.stream()
                .map(text -> '"' + text.text() + '"')
                .collect(Collectors.joining(", ", opening + "[", "]}"));
    }
}
