package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.InputIndices;
import dev.embedding.serving.RequestFailure;
import dev.embedding.support.Utf8Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Parsed body of {@code POST /embed}. */
record EmbedRequestBody(List<Utf8Text> texts, EmbeddingOptions options) {

    static final int MAX_TEXTS = 1_000;

    private static final String TEXTS = "texts";
    private static final String FIELD = "body.texts";

    /** @throws RequestFailure with every fault of the body */
    static EmbedRequestBody parse(JsonBody body) {
        return body.read(EmbedRequestBody::read);
    }

    private static EmbedRequestBody read(JsonReader json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            throw RequestFailure.invalid(
                    new FieldError("body", "Input should be an object with the field texts", "model_attributes_type"));
        }
        TextsField field = null;
        OptionFields options = new OptionFields();
        while (json.next() == JsonToken.FIELD_NAME) {
            String name = json.shortText();
            JsonToken value = json.next();
            if (name.equals(TEXTS)) {
                field = TextsField.read(json, value);
            } else {
                options.read(name, json, value);
                json.skipChildren(value);
            }
        }
        return checked(field, options);
    }

    private static EmbedRequestBody checked(@Nullable TextsField field, OptionFields options) {
        List<FieldError> faults = new ArrayList<>();
        if (field == null) {
            faults.add(new FieldError(FIELD, "Field required", "missing"));
        } else {
            faults.addAll(field.faults());
            List<Integer> blank = blankIndices(field.texts());
            if (field.faults().isEmpty() && !blank.isEmpty()) {
                faults.add(new FieldError(FIELD, blankMessage(blank), "value_error"));
            }
        }
        faults.addAll(options.faults());
        if (field == null || !faults.isEmpty()) {
            throw RequestFailure.invalid(faults);
        }
        return new EmbedRequestBody(field.texts(), options.options());
    }

    private static List<Integer> blankIndices(List<Utf8Text> texts) {
        return IntStream.range(0, texts.size())
                .filter(index -> TextValidation.isBlank(texts.get(index)))
                .boxed()
                .toList();
    }

    private static String blankMessage(List<Integer> blank) {
        return "Text at index " + InputIndices.shown(blank) + " is empty or only white space";
    }

    /** Value of {@code texts}: either all texts, or its faults. */
    private record TextsField(List<Utf8Text> texts, List<FieldError> faults) {

        static TextsField read(JsonReader json, JsonToken value) {
            if (value != JsonToken.START_ARRAY) {
                json.skipChildren(value);
                return faulty(new FieldError(FIELD, "Input should be a valid list", "list_type"));
            }
            List<Utf8Text> texts = new ArrayList<>();
            List<FieldError> faults = new ArrayList<>();
            int count = 0;
            for (JsonToken item = json.next(); item != JsonToken.END_ARRAY; item = json.next()) {
                if (count++ >= MAX_TEXTS) {
                    json.skipChildren(item);
                } else if (item == JsonToken.VALUE_STRING) {
                    texts.add(json.text());
                } else {
                    json.skipChildren(item);
                    faults.add(
                            new FieldError(FIELD + "." + (count - 1), "Input should be a valid string", "string_type"));
                }
            }
            if (count == 0) {
                return faulty(new FieldError(FIELD, "List should have at least 1 item, not 0", "too_short"));
            }
            if (count > MAX_TEXTS) {
                return faulty(new FieldError(
                        FIELD, "List should have at most " + MAX_TEXTS + " items, not " + count, "too_long"));
            }
            return new TextsField(texts, faults);
        }

        private static TextsField faulty(FieldError fault) {
            return new TextsField(List.of(), List.of(fault));
        }
    }
}
