package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.PromptChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Optional fields of a body that choose a prompt; the name wins over the type, and {@code null} chooses none. */
final class PromptFields {

    static final String INPUT_TYPE = "input_type";
    static final String PROMPT_NAME = "prompt_name";

    private static final Map<String, PromptChoice> TYPES =
            Map.of("query", PromptChoice.InputType.QUERY, "document", PromptChoice.InputType.DOCUMENT);

    private Value type = Value.NONE;
    private Value name = Value.NONE;

    /** Reads a field's value when it is one of these two. */
    void read(String field, JsonReader json, JsonToken value) {
        if (field.equals(INPUT_TYPE)) {
            type = Value.read(json, value);
        } else if (field.equals(PROMPT_NAME)) {
            name = Value.read(json, value);
        }
    }

    List<FieldError> faults() {
        List<FieldError> faults = new ArrayList<>();
        if (!type.valid()
                || type.text().filter(text -> !TYPES.containsKey(text)).isPresent()) {
            faults.add(new FieldError("body." + INPUT_TYPE, "Input should be 'query' or 'document'", "literal_error"));
        }
        if (!name.valid()) {
            faults.add(new FieldError("body." + PROMPT_NAME, "Input should be a valid string", "string_type"));
        }
        return faults;
    }

    /** The chosen prompt, when there are no faults. */
    PromptChoice choice() {
        return name.text()
                .<PromptChoice>map(PromptChoice.Named::new)
                .or(() -> type.text().map(TYPES::get))
                .orElse(PromptChoice.USUAL);
    }

    private record Value(boolean valid, Optional<String> text) {
        static final Value NONE = new Value(true, Optional.empty());

        static Value read(JsonReader json, JsonToken token) {
            if (token == JsonToken.VALUE_STRING) {
                return new Value(true, Optional.of(json.shortText()));
            }
            return token == JsonToken.VALUE_NULL ? NONE : new Value(false, Optional.empty());
        }
    }
}
