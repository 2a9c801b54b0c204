package dev.embedding.settings;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of the service: an immutable snapshot, published as a whole.
 *
 * @param values a value of each setting; those of models are the values of the model {@code default}
 * @param further values of further models by id, as far as they are given
 */
public record ServiceSettings(SettingValues values, Map<String, SettingValues> further) {

    /** Id of the model that the flat keys configure. */
    public static final String DEFAULT_MODEL = "default";

    public ServiceSettings {
        further = Map.copyOf(further);
    }

    /** Settings without further models. */
    public ServiceSettings(SettingValues values) {
        this(values, Map.of());
    }

    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** Settings of the model {@code default}. */
    public ModelSettings defaultModel() {
        return new ModelSettings(values);
    }

    /** The models that are to be served, by id: {@code default}, then the further ones that have a name, in order. */
    public Map<String, ModelSettings> models() {
        Map<String, ModelSettings> models = new LinkedHashMap<>();
        models.put(DEFAULT_MODEL, defaultModel());
        models.putAll(furtherModels());
        return models;
    }

    /** The models besides {@code default}, in the order of their ids. */
    public Map<String, ModelSettings> furtherModels() {
        Map<String, ModelSettings> models = new TreeMap<>();
        further.keySet().forEach(id -> furtherModel(id).ifPresent(settings -> models.put(id, settings)));
        return models;
    }

    private Optional<ModelSettings> furtherModel(String id) {
        return Optional.ofNullable(further.get(id))
                .filter(given -> given.has(Setting.MODEL_NAME))
                .map(given -> ModelSettings.ofFurther(given, values));
    }

    /** These settings, with those of models taken from others; models that are not among them keep theirs. */
    public ServiceSettings withModels(Map<String, ModelSettings> models) {
        ModelSettings model = models.getOrDefault(DEFAULT_MODEL, defaultModel());
        Map<String, SettingValues> others = new HashMap<>(further);
        models.forEach((id, settings) -> {
            if (!id.equals(DEFAULT_MODEL)) {
                others.put(id, settings.values().only(Setting::isOfModel));
            }
        });
        return new ServiceSettings(values.with(model.values(), model.values().settings()), others);
    }

    /**
     * The value of a key as the text of a stored row, which is empty for an unset one; no value where there is no such
     * model.
     */
    public Optional<String> text(SettingKey key) {
        return key.isOfFurtherModel()
                ? furtherModel(key.model()).map(model -> model.values().text(key.setting()))
                : Optional.of(values.text(key.setting()));
    }

    /** The keys of all values, those of further models as far as these exist. */
    public Map<String, SettingKey> keys() {
        Map<String, SettingKey> keys = new LinkedHashMap<>();
        values.settings().forEach(setting -> keys.put(setting.key(), SettingKey.of(setting)));
        furtherModels().keySet().forEach(id -> Setting.all().stream()
                .filter(Setting::isOfModel)
                .map(setting -> new SettingKey(id, setting))
                .forEach(key -> keys.put(key.text(), key)));
        return keys;
    }
}
