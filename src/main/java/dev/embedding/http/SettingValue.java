package dev.embedding.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.edge.Fault;
import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.SettingKey;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A setting's value as a caller wrote it in JSON.
 *
 * @param text what would be stored: a text as it is, a list as JSON; empty for what no setting takes
 */
record SettingValue(Kind kind, String text) {

    static final int MAX_CHARACTERS = 2_048;

    /** What the JSON is. */
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
    static SettingValue read(JsonParser parser, JsonToken first) throws IOException {
        return switch (first) {
            case VALUE_STRING -> new SettingValue(Kind.TEXT, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> new SettingValue(Kind.BOOLEAN, parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new SettingValue(Kind.NUMBER, parser.getText());
            case START_ARRAY -> readList(parser);
            case START_OBJECT -> {
                parser.skipChildren();
                yield new SettingValue(Kind.OBJECT, "");
            }
            default -> new SettingValue(Kind.NULL, "");
        };
    }

    private static SettingValue readList(JsonParser parser) throws IOException {
        List<String> items = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        int count = 0;
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            count++;
            if (item == JsonToken.VALUE_STRING) {
                items.add(parser.getText());
            } else if (item.isNumeric()) {
                numbers.add(parser.getText());
            } else {
                parser.skipChildren();
            }
        }
        if (items.size() == count) {
            return new SettingValue(Kind.LIST, new JsonArray(items).encode());
        }
        return numbers.size() == count
                ? new SettingValue(Kind.NUMBER_LIST, String.join(",", numbers))
                : new SettingValue(Kind.MIXED_LIST, "");
    }

    /** What is wrong with it, whatever the setting. */
    Optional<Fault> lengthFault(String field) {
        int characters = text.codePointCount(0, text.length());
        return characters <= MAX_CHARACTERS
                ? Optional.empty()
                : Optional.of(new Fault(
                        field,
                        "Should have at most " + MAX_CHARACTERS + " characters as stored, not " + characters,
                        "too_long"));
    }

    /** What is wrong with it as the value of this setting. */
    Optional<Fault> fault(SettingKey key, String field) {
        return lengthFault(field).or(() -> ruleFault(key).map(message -> new Fault(field, message, "value_error")));
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
