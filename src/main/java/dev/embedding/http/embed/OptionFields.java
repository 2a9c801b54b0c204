package dev.embedding.http.embed;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.ModelChoice.ModelName;
import dev.embedding.serving.PromptChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Optional fields of a body that choose the model and its prompt; the name of a prompt wins over the type, and {@code
 * null} chooses nothing.
 */
final class OptionFields {

    static final String MODEL = "model";
    static final String INPUT_TYPE = "input_type";
    static final String PROMPT_NAME = "prompt_name";

    private static final Map<String, PromptChoice> TYPES =
            Map.of("query", PromptChoice.InputType.QUERY, "document", PromptChoice.InputType.DOCUMENT);

    private Optional<ModelName> model = Optional.empty();
    private Value type = Value.NONE;
    private Value name = Value.NONE;

    /** Reads a field's value when it is one of these. */
    void read(String field, JsonReader json, JsonToken value) {
        switch (field) {
            case MODEL -> model = modelName(json, value);
            case INPUT_TYPE -> type = Value.read(json, value);
            case PROMPT_NAME -> name = Value.read(json, value);
            default -> {} // Unknown fields are ignored.
        }
    }

    /**
     * The name that any value but {@code null} stands for, because the original service took every value: a number or a
     * boolean is its text, a list or an object a name that no model has.
     */
    private static Optional<ModelName> modelName(JsonReader json, JsonToken value) {
        return switch (value) {
            case VALUE_NULL -> Optional.empty();
            case START_ARRAY -> Optional.of(modelName("[…]"));
            case START_OBJECT -> Optional.of(modelName("{…}"));
            default -> Optional.of(modelName(json.shortText()));
        };
    }

    /** A name in a request of this dialect: the original service ignored it. */
    static ModelName modelName(String text) {
        return new ModelName(text, true);
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

    /** The chosen options, when there are no faults. */
    EmbeddingOptions options() {
        PromptChoice prompt = name.text()
                .<PromptChoice>map(PromptChoice.Named::new)
                .or(() -> type.text().map(TYPES::get))
                .orElse(PromptChoice.USUAL);
        return new EmbeddingOptions(model, prompt, OptionalInt.empty(), false);
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
