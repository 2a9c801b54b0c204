package dev.embedding.settings;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that an environment gives.
 *
 * @param settings valid; where the environment says nothing, the defaults
 * @param given the settings that the environment names
 * @param warnings what was ignored, a sentence each
 */
public record EnvironmentSettings(ServiceSettings settings, List<SettingKey> given, List<String> warnings) {

    private static final String STORED_SETTINGS = "EMBEDDING_USE_DB_SETTINGS";

    public EnvironmentSettings {
        given = List.copyOf(given);
        warnings = List.copyOf(warnings);
    }

    /** @throws InvalidEnvironmentException naming every variable with a bad value */
    public static EnvironmentSettings of(Environment environment) {
        Map<SettingKey, Object> values = new EnumMap<>(SettingKey.class);
        List<SettingKey> given = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (SettingKey key : SettingKey.values()) {
            Optional<String> text = environment
                    .values(key.variable())
                    .filter(value -> !isServiceLink(key, value, warnings))
                    .findFirst();
            text.ifPresent(value -> given.add(key));
            try {
                values.put(key, key.parse(text.orElse(key.defaultText())));
            } catch (InvalidSettingException fault) {
                faults.add(key.variable() + " " + fault.getMessage());
            }
        }
        for (ProcessVariable variable : ProcessVariable.values()) {
            environment.value(variable.name()).ifPresent(text -> check(variable, text, faults));
        }
        environment.value(STORED_SETTINGS).ifPresent(text -> storedSettingsFault(text, faults));
        if (!faults.isEmpty()) {
            throw new InvalidEnvironmentException(faults);
        }
        return new EnvironmentSettings(ServiceSettings.of(values), given, warnings);
    }

    private static void check(ProcessVariable variable, String text, List<String> faults) {
        try {
            variable.check(text);
        } catch (InvalidSettingException fault) {
            faults.add(variable.name() + " " + fault.getMessage());
        }
    }

    /** Kubernetes gives every pod {@code EMBEDDING_PORT=tcp://…} when there is a Service named embedding. */
    private static boolean isServiceLink(SettingKey key, String value, List<String> warnings) {
        if (key != SettingKey.PORT || !value.startsWith("tcp://")) {
            return false;
        }
        warnings.add(key.variable() + " is ignored: '" + value + "' comes from a Kubernetes Service named embedding"
                + " (enableServiceLinks: false avoids it)");
        return true;
    }

    private static void storedSettingsFault(String text, List<String> faults) {
        try {
            if ((Boolean) SettingKey.NORMALIZE_EMBEDDINGS.parse(text)) {
                faults.add(STORED_SETTINGS + " must be false: this version has no stored settings");
            }
        } catch (InvalidSettingException fault) {
            faults.add(STORED_SETTINGS + " " + fault.getMessage());
        }
    }
}
