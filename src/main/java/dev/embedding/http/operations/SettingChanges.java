package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import dev.embedding.settings.SettingKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /settings/bulk}. {@link OpenApiSettings} has its schema, which lists the keys. */
@RegisterForReflection
record SettingChanges(
        @Schema(required = true) @JsonDeserialize(using = ValuesReader.class)
        Map<SettingKey, SettingValue> settings) {

    /** Reads values by the keys of their settings. */
    @RegisterForReflection
    static final class ValuesReader extends LeafReader<Map<SettingKey, SettingValue>> {
        ValuesReader() {
            super(Map.class);
        }

        @Override
        protected boolean readsNull() {
            return true;
        }

        @Override
        protected @Nullable Map<SettingKey, SettingValue> read(JsonReader json, JsonToken first, BodyFaults faults) {
            if (first != JsonToken.START_OBJECT) {
                return reject(json, first, faults, "Input should be an object", "dict_type");
            }
            Map<SettingKey, SettingValue> values = new HashMap<>();
            Set<String> unsupported = new LinkedHashSet<>();
            while (json.next() == JsonToken.FIELD_NAME) {
                String name = json.shortText();
                SettingKey key = SettingKey.of(name).orElse(null);
                JsonToken value = json.next();
                if (key != null) {
                    values.put(key, SettingValue.read(json, value));
                    continue;
                }
                json.skipChildren(value);
                if (unsupported.size() <= UnsupportedSettings.MAX_LISTED) {
                    unsupported.add(name);
                }
            }
            addFaults(values, unsupported, faults);
            return values;
        }

        private static void addFaults(
                Map<SettingKey, SettingValue> values, Set<String> unsupported, BodyFaults faults) {
            if (values.isEmpty() && unsupported.isEmpty()) {
                faults.add("Should have at least 1 setting, not 0", "too_short");
            }
            if (!unsupported.isEmpty()) {
                faults.add(UnsupportedSettings.message(unsupported), "value_error");
            }
            new TreeMap<>(values).forEach((key, value) -> addFault(key, value, faults));
        }

        private static void addFault(SettingKey key, SettingValue value, BodyFaults faults) {
            if (value.tooLong()) {
                faults.addTo(key.text(), SettingValue.TOO_LONG, "too_long");
            } else {
                value.problem(key.setting()).ifPresent(problem -> faults.addTo(key.text(), problem, "value_error"));
            }
        }
    }
}
