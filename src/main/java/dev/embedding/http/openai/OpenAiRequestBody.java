package dev.embedding.http.openai;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.EmbeddingOptions;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.PromptChoice;
import dev.embedding.serving.RequestFailure;
import dev.embedding.serving.model.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parsed body of {@code POST /v1/embeddings}. Besides OpenAI's own fields it supports fields of other services, for
 * what OpenAI's API cannot express: {@code input_type}, {@code task}, {@code truncate}, {@code truncation}, {@code
 * output_dimension}, {@code embedding_type}.
 *
 * @param asBase64 whether vectors are requested as base64 of their bytes instead of numbers
 */
record OpenAiRequestBody(List<Input> inputs, EmbeddingOptions options, boolean asBase64) {

    private static final Map<String, PromptChoice> INPUT_TYPES = Map.of(
            "query", PromptChoice.InputType.QUERY,
            "search_query", PromptChoice.InputType.QUERY,
            "document", PromptChoice.InputType.DOCUMENT,
            "passage", PromptChoice.InputType.PASSAGE,
            "search_document", PromptChoice.InputType.DOCUMENT);

    private static final Map<String, PromptChoice> TASKS = Map.of(
            "retrieval.query", PromptChoice.InputType.QUERY, "retrieval.passage", PromptChoice.InputType.PASSAGE);

    /** Other services' synonyms of fields; {@code null} leaves the value of the field itself. */
    private static final Set<String> SYNONYMS = Set.of("embedding_type", "output_dimension", "truncation");

    /** @throws RequestFailure with every fault of the body */
    static OpenAiRequestBody parse(JsonBody body) {
        return body.read(OpenAiRequestBody::read);
    }

    private static OpenAiRequestBody read(JsonReader json, JsonToken first) {
        if (first != JsonToken.START_OBJECT) {
            throw RequestFailure.invalid(
                    new FieldError("body", "Input should be an object with the field input", "invalid_type"));
        }
        Fields fields = new Fields();
        while (json.next() == JsonToken.FIELD_NAME) {
            String name = json.shortText();
            fields.read(name, json, json.next());
        }
        return fields.checked();
    }

    /** Fields of the body; the last of duplicates counts, and {@code null} is as if absent. */
    private static final class Fields {
        private final List<FieldError> faults = new ArrayList<>();
        private @Nullable OpenAiInput input;
        private Optional<String> model = Optional.empty();
        private Optional<String> promptName = Optional.empty();
        private Optional<PromptChoice> inputType = Optional.empty();
        private Optional<PromptChoice> task = Optional.empty();
        private OptionalInt dimensions = OptionalInt.empty();
        private boolean rejectsTruncation;
        private boolean asBase64;

        void read(String name, JsonReader json, JsonToken value) {
            if (name.equals("input")) {
                input = OpenAiInput.read(json, value);
                return;
            }
            json.skipChildren(value);
            faults.removeIf(fault -> fault.field().equals("body." + name));
            if (value == JsonToken.VALUE_NULL && SYNONYMS.contains(name)) {
                return;
            }
            switch (name) {
                case "model" -> model = text(name, json, value);
                case "prompt_name" -> promptName = text(name, json, value);
                case "input_type" ->
                    inputType = text(name, json, value)
                            .flatMap(type -> known(name, INPUT_TYPES.get(type), "'query', 'document' or 'passage'"));
                // Only these two tasks choose a prompt, for queries and for passages.
                case "task" -> task = text(name, json, value).map(TASKS::get);
                case "encoding_format", "embedding_type" ->
                    asBase64 = text(name, json, value)
                            .flatMap(format -> known(name, encoding(format), "'float' or 'base64'"))
                            .orElse(false);
                case "output_dtype" ->
                    text(name, json, value)
                            .filter(type -> !type.equals("float"))
                            .ifPresent(other -> fault(name, "Input should be 'float'", "invalid_value"));
                case "dimensions", "output_dimension" -> dimensions = dimensions(name, json, value);
                case "truncate", "truncation" -> rejectsTruncation = rejectsTruncation(name, json, value);
                default -> {} // Unknown fields are ignored.
            }
        }

        private Optional<String> text(String name, JsonReader json, JsonToken value) {
            if (value == JsonToken.VALUE_STRING) {
                return Optional.of(json.shortText());
            }
            if (value != JsonToken.VALUE_NULL) {
                fault(name, "Input should be a valid string", "invalid_type");
            }
            return Optional.empty();
        }

        private <T> Optional<T> known(String name, @Nullable T value, String choices) {
            if (value == null) {
                fault(name, "Input should be " + choices, "invalid_value");
            }
            return Optional.ofNullable(value);
        }

        private static @Nullable Boolean encoding(String format) {
            return switch (format) {
                case "float" -> false;
                case "base64" -> true;
                default -> null;
            };
        }

        private OptionalInt dimensions(String name, JsonReader json, JsonToken value) {
            if (value == JsonToken.VALUE_NULL) {
                return OptionalInt.empty();
            }
            if (value != JsonToken.VALUE_NUMBER_INT || json.intValue() < 1) {
                fault(name, "Input should be a whole number of 1 or more", "invalid_value");
                return OptionalInt.empty();
            }
            return OptionalInt.of(json.intValue());
        }

        /** {@code NONE} and {@code false} reject longer inputs. */
        private boolean rejectsTruncation(String name, JsonReader json, JsonToken value) {
            if (value == JsonToken.VALUE_TRUE || value == JsonToken.VALUE_FALSE) {
                return value == JsonToken.VALUE_FALSE;
            }
            return text(name, json, value)
                    .flatMap(mode -> known(
                            name,
                            switch (mode.toUpperCase(Locale.ROOT)) {
                                case "NONE" -> true;
                                case "END" -> false;
                                default -> null;
                            },
                            "'NONE' or 'END', true or false"))
                    .orElse(false);
        }

        private void fault(String name, String message, String type) {
            faults.add(new FieldError("body." + name, message, type));
        }

        OpenAiRequestBody checked() {
            if (input == null) {
                faults.add(0, new FieldError(OpenAiInput.FIELD, "Field required", "missing"));
            } else {
                input.fault().ifPresent(fault -> faults.add(0, fault));
            }
            if (input == null || !faults.isEmpty()) {
                throw RequestFailure.invalid(faults);
            }
            return new OpenAiRequestBody(
                    input.inputs(), new EmbeddingOptions(model, prompt(), dimensions, rejectsTruncation), asBase64);
        }

        private PromptChoice prompt() {
            return promptName
                    .<PromptChoice>map(PromptChoice.Named::new)
                    .or(() -> inputType)
                    .or(() -> task)
                    .orElse(PromptChoice.USUAL);
        }
    }
}
