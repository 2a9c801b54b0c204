package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.failure.FieldError;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.SettingKey;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A setting's value as a caller wrote it in JSON.
 *
 * @param text what would be stored: a text as it is, a list as JSON; empty for what no setting takes
 * @param tooLong whether there is more of it than can be stored
 */
record SettingValue(Kind kind, String text, boolean tooLong) {

    static final int MAX_CHARACTERS = 2_048;

    /** Kind of a JSON value. */
    enum Kind {
        TEXT("a text"),
        BOOLEAN("a boolean"),
        NUMBER("a number"),
        LIST("a list"),
        NUMBER_LIST("a list of numbers"),
        MIXED_LIST("a list of other things than texts"),
        OBJECT("an object"),
        NULL("null");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** Whether a setting may be given this way: as text, or as JSON of its own type. */
        private boolean suits(SettingKey key) {
            Object typical = key.parse(key.defaultText());
            return switch (this) {
                case TEXT -> true;
                case BOOLEAN -> typical instanceof Boolean;
                case NUMBER -> typical instanceof Integer;
                case LIST -> typical instanceof List;
                case NUMBER_LIST -> key.listsNumbers();
                case MIXED_LIST, OBJECT, NULL -> false;
            };
        }
    }

    /** @param first the value's first token, which the parser stands on */
    static SettingValue read(JsonReader json, JsonToken first) {
        return switch (first) {
            case VALUE_STRING -> of(Kind.TEXT, text(json));
            case VALUE_TRUE, VALUE_FALSE -> of(Kind.BOOLEAN, text(json));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> of(Kind.NUMBER, text(json));
            case START_ARRAY -> readList(json);
            case START_OBJECT -> {
                json.skipChildren(first);
                yield of(Kind.OBJECT, "");
            }
            default -> of(Kind.NULL, "");
        };
    }

    /** Of a longer text more than can be stored, but not all. */
    private static String text(JsonReader json) {
        return json.text().head(2 * (MAX_CHARACTERS + 1));
    }

    private static SettingValue of(Kind kind, String text) {
        return new SettingValue(kind, text, text.codePointCount(0, text.length()) > MAX_CHARACTERS);
    }

    private static SettingValue readList(JsonReader json) {
        List<String> texts = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        boolean mixed = false;
        // Each item takes a comma at least, so that lists end even where their items are empty.
        int room = MAX_CHARACTERS;
        for (JsonToken item = json.next(); item != JsonToken.END_ARRAY; item = json.next()) {
            json.skipChildren(item);
            List<String> items = item == JsonToken.VALUE_STRING ? texts : numbers;
            boolean fits = item == JsonToken.VALUE_STRING || item.isNumeric();
            mixed |= !fits || !texts.isEmpty() && items != texts || !numbers.isEmpty() && items != numbers;
            if (!mixed && room >= 0) {
                String text = text(json);
                items.add(text);
                room -= 1 + text.codePointCount(0, text.length());
            }
        }
        if (mixed) {
            return of(Kind.MIXED_LIST, "");
        }
        Kind kind = numbers.isEmpty() ? Kind.LIST : Kind.NUMBER_LIST;
        String stored = numbers.isEmpty() ? new JsonArray(texts).encode() : String.join(",", numbers);
        return new SettingValue(kind, stored, room < -1 || of(kind, stored).tooLong());
    }

    /** What is wrong with it, whatever the setting. */
    Optional<FieldError> lengthFault(String field) {
        return tooLong
                ? Optional.of(new FieldError(
                        field, "Should have at most " + MAX_CHARACTERS + " characters as stored", "too_long"))
                : Optional.empty();
    }

    /** What is wrong with it as the value of this setting. */
    Optional<FieldError> fault(SettingKey key, String field) {
        return lengthFault(field)
                .or(() -> ruleFault(key).map(message -> new FieldError(field, message, "value_error")));
    }

    private Optional<String> ruleFault(SettingKey key) {
        if (!kind.suits(key)) {
            return Optional.of("Value must be " + key.rule() + ", not " + kind.words);
        }
        try {
            boolean isUnicode = StandardCharsets.UTF_8
                    .newEncoder()
                    .canEncode(key.parse(text).toString());
            return isUnicode ? Optional.empty() : Optional.of("Value must be Unicode, without lone surrogates");
        } catch (InvalidSettingException unfit) {
            return Optional.of("Value " + unfit.getMessage());
        }
    }
}
