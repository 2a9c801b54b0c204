package dev.embedding.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Fault;
import dev.embedding.http.edge.InvalidRequestException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The one text of {@code POST /embed/single}, from wherever its caller put it. */
final class SingleText {

    private static final String TEXT = "text";
    private static final int MAX_PARAMETERS = 1_024;

    private SingleText() {}

    /**
     * The text of the query parameter, if there is one: of several the last.
     *
     * @throws InvalidRequestException when it is blank or not percent-encoded UTF-8
     */
    static Optional<String> fromQuery(String uri) {
        List<String> values;
        try {
            values = decoder(uri).parameters().getOrDefault(TEXT, List.of());
        } catch (IllegalArgumentException notEncoded) {
            throw new InvalidRequestException(
                    new Fault("query.text", "The query is not percent-encoded UTF-8", "value_error"));
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(notBlank("query.text", values.get(values.size() - 1)));
    }

    /** Only {@code &} separates parameters, as in the original: a semicolon belongs to the text. */
    private static QueryStringDecoder decoder(String uri) {
        return new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
    }

    /** @throws InvalidRequestException when the body is neither a text nor an object with one */
    static String fromBody(byte[] body) {
        return RequestBodies.read(body, SingleText::read);
    }

    private static String read(JsonParser parser, JsonToken first) throws IOException {
        if (first == JsonToken.VALUE_STRING) {
            return notBlank("body", parser.getText());
        }
        if (first != JsonToken.START_OBJECT) {
            parser.skipChildren();
            throw new InvalidRequestException(new Fault(
                    "body", "Input should be a string or an object with the field text", "model_attributes_type"));
        }
        Optional<String> text = Optional.empty();
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isText = parser.currentName().equals(TEXT);
            JsonToken value = parser.nextToken();
            if (isText) {
                found = true;
                text = value == JsonToken.VALUE_STRING ? Optional.of(parser.getText()) : Optional.empty();
            }
            parser.skipChildren();
        }
        if (!found) {
            throw new InvalidRequestException(new Fault("body.text", "Field required", "missing"));
        }
        return notBlank(
                "body.text",
                text.orElseThrow(() -> new InvalidRequestException(
                        new Fault("body.text", "Input should be a valid string", "string_type"))));
    }

    private static String notBlank(String field, String text) {
        if (TextRules.isBlank(text)) {
            throw new InvalidRequestException(new Fault(field, "The text is empty or only white space", "value_error"));
        }
        return text;
    }
}
