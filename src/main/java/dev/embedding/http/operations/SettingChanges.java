package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import dev.embedding.settings.Setting;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /settings/bulk}. {@link OpenApiSettings} has its schema, which lists the keys. */
@RegisterForReflection
record SettingChanges(
        @Schema(required = true) @JsonDeserialize(using = ValuesReader.class)
        Map<Setting<?>, SettingValue> settings) {

    /** Reads values by the keys of their settings. */
    @RegisterForReflection
    static final class ValuesReader extends LeafReader<Map<Setting<?>, SettingValue>> {
        ValuesReader() {
            super(Map.class);
        }

        @Override
        protected boolean readsNull() {
            return true;
        }

        @Override
        protected @Nullable Map<Setting<?>, SettingValue> read(JsonReader json, JsonToken first, BodyFaults faults) {
            if (first != JsonToken.START_OBJECT) {
                return reject(json, first, faults, "Input should be an object", "dict_type");
            }
            Map<Setting<?>, SettingValue> values = new HashMap<>();
            Set<String> unsupported = new LinkedHashSet<>();
            while (json.next() == JsonToken.FIELD_NAME) {
                String name = json.shortText();
                Setting<?> setting = Setting.of(name).orElse(null);
                JsonToken value = json.next();
                if (setting != null) {
                    values.put(setting, SettingValue.read(json, value));
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
                Map<Setting<?>, SettingValue> values, Set<String> unsupported, BodyFaults faults) {
            if (values.isEmpty() && unsupported.isEmpty()) {
                faults.add("Should have at least 1 setting, not 0", "too_short");
            }
            if (!unsupported.isEmpty()) {
                faults.add(UnsupportedSettings.message(unsupported), "value_error");
            }
            for (Setting<?> setting : Setting.all()) {
                Optional.ofNullable(values.get(setting)).ifPresent(value -> addFault(setting, value, faults));
            }
        }

        private static void addFault(Setting<?> setting, SettingValue value, BodyFaults faults) {
            if (value.tooLong()) {
                faults.addTo(setting.key(), SettingValue.TOO_LONG, "too_long");
            } else {
                value.problem(setting).ifPresent(problem -> faults.addTo(setting.key(), problem, "value_error"));
            }
        }
    }
}
