package dev.embedding.settings;

import java.util.Map;

/**
 * The settings of the service: an immutable snapshot, published as a whole.
 *
 * @param values a value of each setting; those of models are the values of the model {@code default}
 */
public record ServiceSettings(SettingValues values) {

    /** Id of the model that the flat keys configure. */
    public static final String DEFAULT_MODEL = "default";

    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** Settings of the model {@code default}. */
    public ModelSettings defaultModel() {
        return new ModelSettings(values);
    }

    /** The models that are to be served, by id. */
    public Map<String, ModelSettings> models() {
        return Map.of(DEFAULT_MODEL, defaultModel());
    }

    /** These settings, with those of the models taken from others. */
    public ServiceSettings withModels(Map<String, ModelSettings> models) {
        ModelSettings model = models.getOrDefault(DEFAULT_MODEL, defaultModel());
        return new ServiceSettings(values.with(model.values(), model.values().settings()));
    }
}
