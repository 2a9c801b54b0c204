package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingType;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Value of a setting as a caller wrote it in JSON.
 *
 * @param text value to store: a text as it is, a list of texts as JSON, a list of numbers comma-separated; empty for
 *     what no setting accepts
 * @param tooLong whether it is longer than can be stored
 */
@JsonDeserialize(using = SettingValue.Reader.class)
record SettingValue(Kind kind, String text, boolean tooLong) {

    static final int MAX_CHARACTERS = 2_048;
    static final String TOO_LONG = "Should have at most " + MAX_CHARACTERS + " characters as stored";

    /** JSON type of a value. */
    enum Kind {
        TEXT("a text"),
        BOOLEAN("a boolean"),
        NUMBER("a number"),
        LIST("a list"),
        NUMBER_LIST("a list of numbers"),
        MIXED_LIST("a list of other things than texts"),
        OBJECT("an object"),
        NULL("null");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /** Whether a setting accepts this type: text, or JSON of its own type. */
        private boolean isAcceptedBy(SettingType.Form form) {
            return switch (this) {
                case TEXT -> true;
                case BOOLEAN -> form == SettingType.Form.BOOLEAN;
                case NUMBER -> form == SettingType.Form.INTEGER;
                case LIST -> form.isList();
                case NUMBER_LIST -> form == SettingType.Form.INTEGER_LIST;
                case MIXED_LIST, OBJECT, NULL -> false;
            };
        }
    }

    /** Reads any value; too long ones are faults. */
    @RegisterForReflection
    static final class Reader extends LeafReader<SettingValue> {
        Reader() {
            super(SettingValue.class);
        }

        @Override
        protected boolean readsNull() {
            return true;
        }

        @Override
        protected SettingValue read(JsonReader json, JsonToken first, BodyFaults faults) {
            SettingValue value = SettingValue.read(json, first);
            if (value.tooLong) {
                faults.add(TOO_LONG, "too_long");
            }
            return value;
        }
    }

    /** @param first the value's first token, which the parser is at */
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

    /** The text, truncated to more than can be stored. */
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

    /** What is wrong with the value for this setting, if it is not too long for any. */
    Optional<String> problem(Setting<?> setting) {
        if (!kind.isAcceptedBy(setting.type().form())) {
            return Optional.of("Value must be " + setting.rule() + ", not " + kind.description);
        }
        try {
            boolean isUnicode = StandardCharsets.UTF_8
                    .newEncoder()
                    .canEncode(setting.parse(text).toString());
            return isUnicode ? Optional.empty() : Optional.of("Value must be Unicode, without lone surrogates");
        } catch (InvalidSettingException invalid) {
            return Optional.of("Value " + invalid.getMessage());
        }
    }
}
