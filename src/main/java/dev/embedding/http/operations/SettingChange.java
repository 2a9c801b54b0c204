package dev.embedding.http.operations;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.embedding.http.exchange.json.BodyFaults;
import dev.embedding.http.exchange.json.CheckedRecord;
import dev.embedding.http.exchange.json.JsonReader;
import dev.embedding.http.exchange.json.LeafReader;
import dev.embedding.settings.SettingKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /settings}. {@link OpenApiSettings} has its schema, which lists the keys. */
@RegisterForReflection
record SettingChange(
        @Schema(required = true) @JsonDeserialize(using = KeyReader.class)
        SettingKey key,

        @Schema(required = true) SettingValue value)
        implements CheckedRecord {

    @Override
    public void check(BodyFaults faults) {
        value.problem(key.setting()).ifPresent(problem -> faults.addTo("value", problem, "value_error"));
    }

    /** Reads the key of a setting. */
    @RegisterForReflection
    static final class KeyReader extends LeafReader<SettingKey> {
        KeyReader() {
            super(SettingKey.class);
        }

        @Override
        protected boolean readsNull() {
            return true;
        }

        @Override
        protected @Nullable SettingKey read(JsonReader json, JsonToken first, BodyFaults faults) {
            if (first != JsonToken.VALUE_STRING) {
                return reject(json, first, faults, "Input should be a valid string", "string_type");
            }
            String name = json.shortText();
            Optional<SettingKey> key = SettingKey.of(name);
            return key.isPresent()
                    ? key.get()
                    : reject(json, first, faults, UnsupportedSettings.message(List.of(name)), "value_error");
        }
    }
}
