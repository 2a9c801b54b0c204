package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.util.EnumResolver;
import com.fasterxml.jackson.databind.util.EnumValues;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the name of an enum's constant in JSON: that of its {@code @JsonProperty}, which messages list, or one of its
 * {@code @JsonAlias}.
 */
final class EnumReader extends LeafReader<Object> {

    private final EnumResolver constants;
    private final String message;

    EnumReader(DeserializationConfig config, BeanDescription type) {
        super(Object.class);
        this.constants = EnumResolver.constructFor(config, type.getClassInfo());
        this.message = "Input should be "
                + choices(EnumValues.constructFromName(config, type.getClassInfo()).values().stream()
                        .map(name -> "'" + name.getValue() + "'")
                        .toList());
    }

    private static String choices(List<String> names) {
        int last = names.size() - 1;
        String others = names.stream().limit(last).collect(Collectors.joining(", "));
        return others.isEmpty() ? names.get(last) : others + " or " + names.get(last);
    }

    @Override
    protected @Nullable Object read(JsonReader json, JsonToken first, BodyFaults faults) {
        if (first != JsonToken.VALUE_STRING) {
            return rejectAsString(json, first, faults);
        }
        Object constant = constants.findEnum(json.shortText());
        return constant != null ? constant : reject(json, first, faults, message, "invalid_value");
    }
}
