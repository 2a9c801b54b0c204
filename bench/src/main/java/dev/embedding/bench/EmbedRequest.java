package dev.embedding.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A {@code POST /embed}, ready to be written to a socket.
 *
 * @param bytes header and body
 * @param tokens what the model sees of its texts
 */
record EmbedRequest(byte[] bytes, int tokens) {

    /** All texts in their order, so many in a request. */
    static List<EmbedRequest> of(List<Text> texts, int textsPerRequest) {
        List<EmbedRequest> requests = new ArrayList<>();
        for (int first = 0; first + textsPerRequest <= texts.size(); first += textsPerRequest) {
            requests.add(of(texts.subList(first, first + textsPerRequest)));
        }
        return requests;
    }

    private static EmbedRequest of(List<Text> texts) {
        String body = texts.stream()
                .map(text -> '"' + text.text() + '"')
                .collect(Collectors.joining(", ", "{\"texts\": [", "]}"));
        String header = "POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        return new EmbedRequest(
                (header + body).getBytes(StandardCharsets.US_ASCII),
                texts.stream().mapToInt(Text::tokens).sum());
    }
}
