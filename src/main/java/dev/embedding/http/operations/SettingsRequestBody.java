package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import dev.embedding.http.exchange.JsonBody;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.settings.SettingKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of settings that a request contains, each with a text that its setting accepts.
 *
 * @param texts values to store; empty for a setting to delete
 */
record SettingsRequestBody(Map<SettingKey, Optional<String>> texts) {

    private static final String KEY = "key";
    private static final String VALUE = "value";
    private static final String SETTINGS = "settings";
    private static final String IN_BODY = "body.";
    private static final int MAX_LISTED_KEYS = 10;
    private static final int MAX_LISTED_CHARACTERS = 80;

    /**
     * The body of {@code POST /settings}.
     *
     * @throws RequestFailure with every fault of it
     */
    static SettingsRequestBody single(JsonBody body) {
        return body.read(SettingsRequestBody::readSingle);
    }

    /**
     * The body of {@code POST /settings/bulk}.
     *
     * @throws RequestFailure with every fault of it
     */
    static SettingsRequestBody bulk(JsonBody body) {
        return body.read(SettingsRequestBody::readBulk);
    }

    /**
     * The deletion of {@code DELETE /settings/{key}}.
     *
     * @throws RequestFailure when there is no such setting
     */
    static SettingsRequestBody deletion(String name) {
        SettingKey key = SettingKey.of(name)
                .orElseThrow(() -> RequestFailure.invalid(unsupported("path." + KEY, List.of(name))));
        return new SettingsRequestBody(Map.of(key, Optional.empty()));
    }

    private static SettingsRequestBody readSingle(JsonReader json, JsonToken first) {
        requireObject(first, "fields key and value");
        SettingValue name = null;
        SettingValue value = null;
        while (json.next() == JsonToken.FIELD_NAME) {
            String field = json.shortText();
            SettingValue content = SettingValue.read(json, json.next());
            if (field.equals(KEY)) {
                name = content;
            } else if (field.equals(VALUE)) {
                value = content;
            }
        }
        List<FieldError> faults = new ArrayList<>();
        Optional<SettingKey> key = checkedKey(name, faults);
        checkValue(key, value, faults);
        if (key.isEmpty() || value == null || !faults.isEmpty()) {
            throw RequestFailure.invalid(faults);
        }
        return new SettingsRequestBody(Map.of(key.get(), Optional.of(value.text())));
    }

    private static Optional<SettingKey> checkedKey(@Nullable SettingValue name, List<FieldError> faults) {
        if (name == null) {
            faults.add(missing(KEY));
            return Optional.empty();
        }
        if (name.kind() != SettingValue.Kind.TEXT) {
            faults.add(new FieldError(IN_BODY + KEY, "Input should be a valid string", "string_type"));
            return Optional.empty();
        }
        Optional<SettingKey> key = SettingKey.of(name.text());
        if (key.isEmpty()) {
            faults.add(unsupported(IN_BODY + KEY, List.of(name.text())));
        }
        return key;
    }

    private static void checkValue(Optional<SettingKey> key, @Nullable SettingValue value, List<FieldError> faults) {
        if (value == null) {
            faults.add(missing(VALUE));
            return;
        }
        String field = IN_BODY + VALUE;
        key.map(setting -> value.fault(setting, field))
                .orElseGet(() -> value.lengthFault(field))
                .ifPresent(faults::add);
    }

    private static SettingsRequestBody readBulk(JsonReader json, JsonToken first) {
        requireObject(first, "field settings");
        SettingsField field = null;
        while (json.next() == JsonToken.FIELD_NAME) {
            boolean isSettings = json.shortText().equals(SETTINGS);
            JsonToken value = json.next();
            if (isSettings) {
                field = SettingsField.read(json, value);
            } else {
                json.skipChildren(value);
            }
        }
        if (field == null) {
            throw RequestFailure.invalid(missing(SETTINGS));
        }
        if (!field.faults().isEmpty()) {
            throw RequestFailure.invalid(field.faults());
        }
        return new SettingsRequestBody(field.texts());
    }

    /** Value of {@code settings}: either all changes, or its faults. */
    private record SettingsField(Map<SettingKey, Optional<String>> texts, List<FieldError> faults) {

        static SettingsField read(JsonReader json, JsonToken first) {
            if (first != JsonToken.START_OBJECT) {
                json.skipChildren(first);
                return faulty(new FieldError(IN_BODY + SETTINGS, "Input should be an object", "dict_type"));
            }
            Map<SettingKey, SettingValue> values = new EnumMap<>(SettingKey.class);
            Set<String> unsupported = new LinkedHashSet<>();
            while (json.next() == JsonToken.FIELD_NAME) {
                String name = json.shortText();
                Optional<SettingKey> key = SettingKey.of(name);
                JsonToken value = json.next();
                if (key.isPresent()) {
                    values.put(key.get(), SettingValue.read(json, value));
                    continue;
                }
                json.skipChildren(value);
                if (unsupported.size() <= MAX_LISTED_KEYS) {
                    unsupported.add(name);
                }
            }
            if (values.isEmpty() && unsupported.isEmpty()) {
                return faulty(new FieldError(IN_BODY + SETTINGS, "Should have at least 1 setting, not 0", "too_short"));
            }
            return checked(values, unsupported);
        }

        private static SettingsField checked(Map<SettingKey, SettingValue> values, Set<String> unsupported) {
            Map<SettingKey, Optional<String>> texts = new EnumMap<>(SettingKey.class);
            List<FieldError> faults = new ArrayList<>();
            if (!unsupported.isEmpty()) {
                faults.add(unsupported(IN_BODY + SETTINGS, unsupported));
            }
            values.forEach((key, value) -> {
                texts.put(key, Optional.of(value.text()));
                value.fault(key, IN_BODY + SETTINGS + "." + key.key()).ifPresent(faults::add);
            });
            return new SettingsField(texts, faults);
        }

        private static SettingsField faulty(FieldError fault) {
            return new SettingsField(Map.of(), List.of(fault));
        }
    }

    private static void requireObject(JsonToken first, String with) {
        if (first != JsonToken.START_OBJECT) {
            throw RequestFailure.invalid(
                    new FieldError("body", "Input should be an object with the " + with, "model_attributes_type"));
        }
    }

    private static FieldError missing(String field) {
        return new FieldError(IN_BODY + field, "Field required", "missing");
    }

    private static FieldError unsupported(String field, Collection<String> names) {
        String listed = String.join(
                ", ",
                names.stream()
                        .limit(MAX_LISTED_KEYS)
                        .map(SettingsRequestBody::abbreviated)
                        .toList());
        String more = names.size() > MAX_LISTED_KEYS ? " and more" : "";
        return new FieldError(
                field,
                "Unsupported: " + listed + more + "; settings are " + String.join(", ", SettingKey.keys()),
                "value_error");
    }

    private static String abbreviated(String name) {
        return "'" + (name.length() <= MAX_LISTED_CHARACTERS ? name : name.substring(0, MAX_LISTED_CHARACTERS) + "…")
                + "'";
    }
}
