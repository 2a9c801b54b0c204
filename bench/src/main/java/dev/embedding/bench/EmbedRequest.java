package dev.embedding.bench;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for vectors, ready to be written to a socket.
 *
 * @param bytes header and body
 * @param tokens what the model sees of its texts
 */
record EmbedRequest(byte[] bytes, int tokens) {

    /** All texts in their order, so many in a request. */
    static List<EmbedRequest> of(List<Text> texts, int textsPerRequest) {
        List<EmbedRequest> requests = new ArrayList<>();
        for (int first = 0; first + textsPerRequest <= texts.size(); first += textsPerRequest) {
            requests.add(of(Shape.OURS, texts.subList(first, first + textsPerRequest)));
        }
        return requests;
    }

    /** One request with all of the texts. */
    static EmbedRequest of(Shape shape, List<Text> texts) {
        String body = shape.body(texts);
        String header = "POST " + shape.path()
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n";
        return new EmbedRequest(
                (header + body).getBytes(StandardCharsets.US_ASCII),
                texts.stream().mapToInt(Text::tokens).sum());
    }
}
