package dev.embedding.settings;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Immutable values of settings, each of the type of its setting. */
public final class SettingValues {

    /** The default of every setting. */
    public static final SettingValues DEFAULTS = defaults();

    /** No values. */
    public static final SettingValues NONE = new SettingValues(Map.of());

    /** INVARIANT: the value of a {@code Setting<T>} is a {@code T}; values are added by {@link Builder} only. */
    private final Map<Setting<?>, Object> values;

    private SettingValues(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    private static SettingValues defaults() {
        Builder builder = new Builder(Map.of());
        Setting.all().forEach(setting -> builder.parse(setting, setting.defaultText()));
        return builder.build();
    }

    /** @throws IllegalArgumentException when the setting has no value here */
    @SuppressWarnings("unchecked") // see the invariant
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException("No value of " + setting + " here");
        }
        return (T) value;
    }

    /** Whether the setting has a value here. */
    public boolean has(Setting<?> setting) {
        return values.containsKey(setting);
    }

    /** A value as JSON shows it: a text, a boolean, a number or a list; an unset one is an empty text. */
    public Object shown(Setting<?> setting) {
        return get(setting) instanceof Optional<?> optional
                ? optional.<Object>map(text -> text).orElse("")
                : get(setting);
    }

    /** A value as the text of a stored row, which {@link Setting#parse} reads. */
    public String text(Setting<?> setting) {
        Object value = shown(setting);
        return value instanceof List<?> items ? TextList.text(items) : value.toString();
    }

    /** The settings that have a value here, in the order of the table. */
    public List<Setting<?>> settings() {
        return Setting.all().stream().filter(values::containsKey).toList();
    }

    /** Values as JSON by key, in the order of the table. */
    public Map<String, Object> byKey() {
        Map<String, Object> byKey = new LinkedHashMap<>();
        settings().forEach(setting -> byKey.put(setting.key(), shown(setting)));
        return byKey;
    }

    /** The settings that have another value there, in the order of the table. */
    public Set<Setting<?>> changedIn(SettingValues others) {
        Set<Setting<?>> changed = new LinkedHashSet<>(settings());
        changed.removeIf(setting -> get(setting).equals(others.get(setting)));
        return changed;
    }

    /** The values of some settings only. */
    public SettingValues only(Predicate<Setting<?>> chosen) {
        Map<Setting<?>, Object> kept = new HashMap<>(values);
        kept.keySet().removeIf(chosen.negate());
        return new SettingValues(kept);
    }

    /** These values, some of them taken from others. */
    public SettingValues with(SettingValues others, Collection<Setting<?>> settings) {
        Builder builder = toBuilder();
        settings.forEach(setting -> builder.take(setting, others));
        return builder.build();
    }

    public Builder toBuilder() {
        return new Builder(values);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettingValues that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** The values by key. */
    @Override
    public String toString() {
        return byKey().toString();
    }

    /** Collects values. Not thread-safe. */
    public static final class Builder {
        private final Map<Setting<?>, Object> values;

        private Builder(Map<Setting<?>, Object> values) {
            this.values = new HashMap<>(values);
        }

        public <T> Builder set(Setting<T> setting, T value) {
            values.put(setting, value);
            return this;
        }

        /** @throws InvalidSettingException when the setting does not accept the text; it keeps its value */
        public <T> Builder parse(Setting<T> setting, String text) {
            return set(setting, setting.parse(text));
        }

        /** Takes the value that a setting has in others. */
        public <T> Builder take(Setting<T> setting, SettingValues others) {
            return set(setting, others.get(setting));
        }

        public SettingValues build() {
            return new SettingValues(values);
        }
    }
}
