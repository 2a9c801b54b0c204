package dev.embedding.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

    /** Settings of a further model that have the flat value where none is given. */
    private static final List<Setting<?>> INHERITED = List.of(Setting.DEVICE, Setting.MAX_BATCH_SIZE);

    /**
     * The settings of a further model.
     *
     * @param given its own values
     * @param flat the values of the process and of the model {@code default}
     */
    static ModelSettings ofFurther(SettingValues given, SettingValues flat) {
        List<Setting<?>> flatOnes = new ArrayList<>(INHERITED);
        Setting.all().stream().filter(setting -> !setting.isOfModel()).forEach(flatOnes::add);
        return new ModelSettings(SettingValues.DEFAULTS.with(flat, flatOnes).with(given, given.settings()));
    }

    public <T> T get(Setting<T> setting) {
        return values.get(setting);
    }

    /** The settings that have another value there, in the order of the table. */
    public Set<Setting<?>> changedIn(ModelSettings others) {
        return values.changedIn(others.values);
    }

    /** These settings, with another value of one of them. */
    public <T> ModelSettings withValue(Setting<T> setting, T value) {
        return new ModelSettings(values.toBuilder().set(setting, value).build());
    }

    /** These settings, with some values taken from others. */
    public ModelSettings with(ModelSettings others, Collection<Setting<?>> settings) {
        return new ModelSettings(values.with(others.values, settings));
    }
}
