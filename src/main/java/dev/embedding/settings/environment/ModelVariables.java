package dev.embedding.settings.environment;

import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.ModelId;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingValues;
import dev.embedding.support.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The variables of further models: {@code EMBEDDING_MODELS_<ID>_<KEY>}, with the id in upper case and underscores for
 * hyphens. The longest known key at the end counts, the rest is the id.
 */
final class ModelVariables {

    static final String PREFIX = "EMBEDDING_MODELS_";

    private static final String FLAT_PREFIX = "EMBEDDING_";

    private final Map<String, SettingValues.Builder> values = new HashMap<>();
    private final Set<SettingKey> given = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ModelVariables() {}

    static ModelVariables of(Environment environment) {
        ModelVariables variables = new ModelVariables();
        Map<SettingKey, String> names = new TreeMap<>();
        new TreeMap<>(environment.variables()).forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                key(name)
                        .ifPresentOrElse(
                                key -> names.put(key, name),
                                () -> variables.warnings.add(name + " is ignored: it is no setting of a model, as "
                                        + PREFIX + "<ID>_MODEL_NAME is"));
            }
        });
        Set<String> named = new HashSet<>();
        names.keySet().stream()
                .filter(key -> key.setting().equals(Setting.MODEL_NAME))
                .forEach(key -> named.add(key.model()));
        names.forEach((key, name) ->
                variables.read(key, name, environment.value(name).orElse(""), named.contains(key.model())));
        return variables;
    }

    /** The key that a variable sets; empty when it sets none. */
    static Optional<SettingKey> key(String variable) {
        String rest = variable.substring(PREFIX.length());
        return Setting.all().stream()
                .filter(setting -> setting.isOfModel() && rest.endsWith("_" + suffix(setting)))
                .max(Comparator.comparingInt(setting -> suffix(setting).length()))
                .flatMap(setting ->
                        key(rest.substring(0, rest.length() - suffix(setting).length() - 1), setting));
    }

    private static Optional<SettingKey> key(String id, Setting<?> setting) {
        String model = id.toLowerCase(Locale.ROOT).replace('_', '-');
        boolean isUpper = id.equals(id.toUpperCase(Locale.ROOT));
        return isUpper && ModelId.isFurther(model) ? Optional.of(new SettingKey(model, setting)) : Optional.empty();
    }

    /** The name of a setting at the end of a variable. */
    static String suffix(Setting<?> setting) {
        return setting.variable().substring(FLAT_PREFIX.length());
    }

    /** Reads a value; a bad one of a model without a name cannot matter, and may come from a Kubernetes Service. */
    private void read(SettingKey key, String name, String value, boolean isNamed) {
        if (key.setting().isOptional() && value.isEmpty()) {
            return;
        }
        try {
            values.computeIfAbsent(key.model(), id -> SettingValues.NONE.toBuilder())
                    .parse(key.setting(), value);
            given.add(key);
        } catch (InvalidSettingException fault) {
            if (isNamed) {
                faults.add(name + " " + fault.getMessage());
            } else {
                warnings.add(Names.onOneLine(name + " is ignored: it " + fault.getMessage()));
            }
        }
    }

    /** Values of further models, by id. */
    Map<String, SettingValues> values() {
        Map<String, SettingValues> built = new HashMap<>();
        values.forEach((id, builder) -> built.put(id, builder.build()));
        return built;
    }

    Set<SettingKey> given() {
        return given;
    }

    /** A line for each variable with a bad value. */
    List<String> faults() {
        return faults;
    }

    /** A sentence for each ignored variable. */
    List<String> warnings() {
        return warnings;
    }

    /** The variable of a key. */
    static String variable(SettingKey key) {
        return key.isOfFurtherModel()
                ? PREFIX + key.model().toUpperCase(Locale.ROOT).replace('-', '_') + "_" + suffix(key.setting())
                : key.setting().variable();
    }
}
