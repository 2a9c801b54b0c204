package dev.embedding.http.operations;

import dev.embedding.http.exchange.JsonBody;
import dev.embedding.serving.FieldError;
import dev.embedding.serving.RequestFailure;
import dev.embedding.settings.SettingKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes of settings that a request contains, each with a text that its setting accepts.
 *
 * @param texts values to store; empty for a setting to delete
 */
record SettingsRequestBody(Map<SettingKey, Optional<String>> texts) {

    private static final String NO_OBJECT = "model_attributes_type";

    /**
     * The body of {@code POST /settings}.
     *
     * @throws RequestFailure with every fault of it
     */
    static SettingsRequestBody single(JsonBody body) {
        SettingChange change = body.read(SettingChange.class, NO_OBJECT);
        return new SettingsRequestBody(
                Map.of(change.key(), Optional.of(change.value().text())));
    }

    /**
     * The body of {@code POST /settings/bulk}.
     *
     * @throws RequestFailure with every fault of it
     */
    static SettingsRequestBody bulk(JsonBody body) {
        Map<SettingKey, Optional<String>> texts = new HashMap<>();
        body.read(SettingChanges.class, NO_OBJECT)
                .settings()
                .forEach((key, value) -> texts.put(key, Optional.of(value.text())));
        return new SettingsRequestBody(texts);
    }

    /**
     * The deletion of {@code DELETE /settings/{key}}.
     *
     * @throws RequestFailure when there is no such setting
     */
    static SettingsRequestBody deletion(String name) {
        SettingKey key = SettingKey.of(name)
                .orElseThrow(() -> RequestFailure.invalid(
                        new FieldError("path.key", UnsupportedSettings.message(List.of(name)), "value_error")));
        return new SettingsRequestBody(Map.of(key, Optional.empty()));
    }
}
