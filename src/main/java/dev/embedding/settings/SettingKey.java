package dev.embedding.settings;

import java.util.Optional;

/**
 * Key of a value: the key of a setting for the process and the model {@code default}, and {@code models.<id>.<key>} for
 * a setting of a further model.
 *
 * @param model id of the model; {@link ServiceSettings#DEFAULT_MODEL} for the process too
 */
public record SettingKey(String model, Setting<?> setting) implements Comparable<SettingKey> {

    /** Form of the keys of further models. */
    public static final String PATTERN = "models.<id>.<key>";

    private static final String PREFIX = "models.";

    /** @throws IllegalArgumentException when a further model has no such setting of its own */
    public SettingKey {
        if (!model.equals(ServiceSettings.DEFAULT_MODEL) && !(ModelId.isFurther(model) && setting.isOfModel())) {
            throw new IllegalArgumentException(setting.key() + " is no setting of a model " + model);
        }
    }

    /** The key without a model in it. */
    public static SettingKey of(Setting<?> setting) {
        return new SettingKey(ServiceSettings.DEFAULT_MODEL, setting);
    }

    /** The key of this text; empty when it is none. */
    public static Optional<SettingKey> of(String text) {
        if (!text.startsWith(PREFIX)) {
            return Setting.of(text).map(SettingKey::of);
        }
        int end = text.indexOf('.', PREFIX.length());
        String id = text.substring(PREFIX.length(), Math.max(PREFIX.length(), end));
        return Setting.of(text.substring(end + 1))
                .filter(setting -> setting.isOfModel() && ModelId.isFurther(id))
                .map(setting -> new SettingKey(id, setting));
    }

    /** Beginning of the keys of a model; empty for those of the default one. */
    public static String prefix(String model) {
        return model.equals(ServiceSettings.DEFAULT_MODEL) ? "" : PREFIX + model + ".";
    }

    /** Whether it is a key of a model that is not the default. */
    public boolean isOfFurtherModel() {
        return !model.equals(ServiceSettings.DEFAULT_MODEL);
    }

    /** Its text in stored settings and in the API. */
    public String text() {
        return prefix(model) + setting.key();
    }

    /** In alphabetical order of their texts. */
    @Override
    public int compareTo(SettingKey other) {
        return text().compareTo(other.text());
    }

    @Override
    public String toString() {
        return text();
    }
}
