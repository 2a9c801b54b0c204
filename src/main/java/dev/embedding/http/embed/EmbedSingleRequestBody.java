package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.PromptChoice;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.util.Optional;

/** Parsed body of {@code POST /embed/single}: one text. */
record EmbedSingleRequestBody(Utf8Text text, EmbeddingOptions options) {

    static final String TEXT = "text";

    /** A text without options. */
    static EmbedSingleRequestBody of(Utf8Text text) {
        return new EmbedSingleRequestBody(text, EmbeddingOptions.prompted(PromptChoice.USUAL));
    }

    /** @throws RequestFailure when the body is neither a text nor an object with one */
    static EmbedSingleRequestBody parse(JsonBody body) {
        return body.read(EmbedSingleRequestBody::read);
    }

    private static EmbedSingleRequestBody read(JsonReader json, JsonToken first) {
        if (first == JsonToken.VALUE_STRING) {
            return of(TextValidation.notBlank("body", json.text()));
        }
        if (first != JsonToken.START_OBJECT) {
            throw RequestFailure.invalid(new FieldError(
                    "body", "Input should be a string or an object with the field text", "model_attributes_type"));
        }
        Optional<Utf8Text> text = Optional.empty();
        boolean found = false;
        OptionFields options = new OptionFields();
        while (json.next() == JsonToken.FIELD_NAME) {
            String name = json.shortText();
            JsonToken value = json.next();
            if (name.equals(TEXT)) {
                found = true;
                text = value == JsonToken.VALUE_STRING ? Optional.of(json.text()) : Optional.empty();
            } else {
                options.read(name, json, value);
            }
            json.skipChildren(value);
        }
        if (!found) {
            throw RequestFailure.invalid(new FieldError("body.text", "Field required", "missing"));
        }
        Utf8Text valid = TextValidation.notBlank(
                "body.text",
                text.orElseThrow(() -> RequestFailure.invalid(
                        new FieldError("body.text", "Input should be a valid string", "string_type"))));
        if (!options.faults().isEmpty()) {
            throw RequestFailure.invalid(options.faults());
        }
        return new EmbedSingleRequestBody(valid, options.options());
    }
}
