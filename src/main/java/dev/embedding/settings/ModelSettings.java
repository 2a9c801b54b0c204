package dev.embedding.settings;

import java.util.Collection;
import java.util.Set;

/**
 * The settings that a model is loaded and served with: its own, and those of the process that concern every model.
 *
 * @param values a value of each setting that concerns models
 */
public record ModelSettings(SettingValues values) {

    /** Leaves out what does not concern a model. */
    public ModelSettings {
        values = values.only(Setting::concernsModels);
    }

    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** The settings that have another value there, in the order of the table. */
    public Set<Setting<?>> changedIn(ModelSettings others) {
        return values.changedIn(others.values);
    }

    /** These settings, with some values taken from others. */
    public ModelSettings with(ModelSettings others, Collection<Setting<?>> settings) {
        return new ModelSettings(values.with(others.values, settings));
    }
}
