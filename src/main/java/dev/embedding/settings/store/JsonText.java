package dev.embedding.settings.store;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.embedding.settings.StoredRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Settings as a JSON object, whose values are read as the text of stored rows. */
record JsonText(ObjectNode content) implements SettingsText {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    static JsonText of(String text) {
        if (text.isBlank()) {
            return new JsonText(JSON.createObjectNode());
        }
        try {
            return new JsonText((ObjectNode) JSON.readTree(text));
        } catch (JsonProcessingException malformed) {
            JsonLocation place = malformed.getLocation();
            throw new IllegalArgumentException(
                    "is no valid JSON at line " + place.getLineNr() + ", column " + place.getColumnNr(), malformed);
        }
    }

    @Override
    public List<StoredRow> rows() {
        List<StoredRow> rows = new ArrayList<>();
        content.properties().forEach(field -> rows.add(new StoredRow(field.getKey(), textOf(field.getValue()))));
        return rows;
    }

    @Override
    public String with(Map<String, Optional<String>> changes) {
        ObjectNode changed = content.deepCopy();
        changes.forEach((key, value) -> {
            if (value.isPresent()) {
                changed.set(key, valueOf(value.get()));
            } else {
                changed.remove(key);
            }
        });
        return changed.toPrettyString() + "\n";
    }

    private static @Nullable String textOf(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** A number, a boolean or a list where these have exactly this text, as operators would write them. */
    private static JsonNode valueOf(String text) {
        try {
            JsonNode value = JSON.readTree(text);
            return !value.isMissingNode() && text.equals(textOf(value)) ? value : new TextNode(text);
        } catch (JsonProcessingException noJson) {
            return new TextNode(text);
        }
    }
}
