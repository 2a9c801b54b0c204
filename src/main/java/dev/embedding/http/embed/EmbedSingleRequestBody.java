package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.PromptChoice;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Parsed request of {@code POST /embed/single}: one text, from the query or the body. */
record EmbedSingleRequestBody(Utf8Text text, PromptChoice prompt) {

    private static final String TEXT = "text";
    private static final int MAX_PARAMETERS = 1_024;

    /**
     * The text of the query parameter, if there is one; the last of several.
     *
     * @throws RequestFailure when it is blank or not percent-encoded UTF-8
     */
    static Optional<EmbedSingleRequestBody> fromQuery(String uri) {
        List<String> values;
        try {
            values = decoder(uri).parameters().getOrDefault(TEXT, List.of());
        } catch (IllegalArgumentException notEncoded) {
            throw RequestFailure.invalid(
                    new FieldError("query.text", "The query is not percent-encoded UTF-8", "value_error"));
        }
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(withDefaultPrompt(notBlank("query.text", Utf8Text.of(values.get(values.size() - 1)))));
    }

    /** Only {@code &} separates parameters, as in the original: a semicolon belongs to the text. */
    private static QueryStringDecoder decoder(String uri) {
        return new QueryStringDecoder(uri, StandardCharsets.UTF_8, true, MAX_PARAMETERS, true);
    }

    /** @throws RequestFailure when the body is neither a text nor an object with one */
    static EmbedSingleRequestBody fromBody(JsonBody body) {
        return body.read(EmbedSingleRequestBody::read);
    }

    private static EmbedSingleRequestBody read(JsonReader json, JsonToken first) {
        if (first == JsonToken.VALUE_STRING) {
            return withDefaultPrompt(notBlank("body", json.text()));
        }
        if (first != JsonToken.START_OBJECT) {
            throw RequestFailure.invalid(new FieldError(
                    "body", "Input should be a string or an object with the field text", "model_attributes_type"));
        }
        Optional<Utf8Text> text = Optional.empty();
        boolean found = false;
        PromptFields prompt = new PromptFields();
        while (json.next() == JsonToken.FIELD_NAME) {
            String name = json.shortText();
            JsonToken value = json.next();
            if (name.equals(TEXT)) {
                found = true;
                text = value == JsonToken.VALUE_STRING ? Optional.of(json.text()) : Optional.empty();
            } else {
                prompt.read(name, json, value);
            }
            json.skipChildren(value);
        }
        if (!found) {
            throw RequestFailure.invalid(new FieldError("body.text", "Field required", "missing"));
        }
        Utf8Text valid = notBlank(
                "body.text",
                text.orElseThrow(() -> RequestFailure.invalid(
                        new FieldError("body.text", "Input should be a valid string", "string_type"))));
        if (!prompt.faults().isEmpty()) {
            throw RequestFailure.invalid(prompt.faults());
        }
        return new EmbedSingleRequestBody(valid, prompt.choice());
    }

    private static EmbedSingleRequestBody withDefaultPrompt(Utf8Text text) {
        return new EmbedSingleRequestBody(text, PromptChoice.USUAL);
    }

    private static Utf8Text notBlank(String field, Utf8Text text) {
        if (TextValidation.isBlank(text)) {
            throw RequestFailure.invalid(new FieldError(field, "The text is empty or only white space", "value_error"));
        }
        return text;
    }
}
