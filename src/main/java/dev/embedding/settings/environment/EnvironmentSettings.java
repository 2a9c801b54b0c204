package dev.embedding.settings.environment;

import dev.embedding.settings.AliasClash;
import dev.embedding.settings.InvalidSettingException;
import dev.embedding.settings.ServiceSettings;
import dev.embedding.settings.Setting;
import dev.embedding.settings.SettingKey;
import dev.embedding.settings.SettingValues;
import dev.embedding.settings.database.DatabaseUrl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of an environment.
 *
 * @param settings valid settings; the defaults for keys that the environment does not set
 * @param given the keys that the environment sets
 * @param database the database of stored settings; empty where none are stored, or in a file
 * @param warnings one sentence for each ignored variable
 */
public record EnvironmentSettings(
        ServiceSettings settings, Set<SettingKey> given, Optional<DatabaseUrl> database, List<String> warnings) {

    private static final String USE_DATABASE = "EMBEDDING_USE_DB_SETTINGS";
    private static final String SETTINGS_FILE = "EMBEDDING_SETTINGS_FILE";

    public EnvironmentSettings {
        given = Set.copyOf(given);
        warnings = List.copyOf(warnings);
    }

    /**
     * The settings of an environment whose process variables have been checked.
     *
     * @throws InvalidEnvironmentException naming every variable with a bad value
     */
    public static EnvironmentSettings of(Environment environment) {
        return of(environment, List.of());
    }

    /**
     * The settings of an environment.
     *
     * @param processFaults a line for each process variable with a bad value
     * @throws InvalidEnvironmentException naming every variable with a bad value, those too
     */
    public static EnvironmentSettings of(Environment environment, List<String> processFaults) {
        SettingValues.Builder values = SettingValues.DEFAULTS.toBuilder();
        Set<SettingKey> given = new HashSet<>();
        List<String> warnings = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Setting<?> setting : Setting.all()) {
            Optional<String> text = environment
                    .values(setting.variable())
                    .filter(value -> !isServiceLink(setting, value, warnings))
                    .findFirst();
            text.filter(value -> !(setting.isOptional() && value.isEmpty()))
                    .ifPresent(value -> given.add(SettingKey.of(setting)));
            try {
                text.ifPresent(value -> values.parse(setting, value));
            } catch (InvalidSettingException fault) {
                faults.add(setting.variable() + " " + fault.getMessage());
            }
        }
        ModelVariables models = ModelVariables.of(environment);
        given.addAll(models.given());
        warnings.addAll(models.warnings());
        faults.addAll(models.faults());
        ServiceSettings settings = new ServiceSettings(values.build(), models.values());
        if (faults.isEmpty()) {
            AliasClash.among(settings.models())
                    .forEach(clash -> faults.add(ModelVariables.variable(clash.key()) + " " + clash.problem()));
        }
        faults.addAll(processFaults);
        PathVariables.faults(environment).forEach(faults::add);
        if (faults.isEmpty()) {
            faults.addAll(HeapSizeCheck.ofThisProcess().faults(environment));
        }
        Optional<DatabaseUrl> database = database(environment, faults);
        database.flatMap(url -> url.parameters().warning()).ifPresent(warnings::add);
        if (!faults.isEmpty()) {
            throw new InvalidEnvironmentException(faults);
        }
        return new EnvironmentSettings(settings, given, database, warnings);
    }

    /**
     * Ignores {@code EMBEDDING_PORT=tcp://…}, which Kubernetes sets in every pod when there is a Service named
     * embedding.
     */
    private static boolean isServiceLink(Setting<?> setting, String value, List<String> warnings) {
        if (!setting.equals(Setting.PORT) || !value.startsWith("tcp://")) {
            return false;
        }
        warnings.add(setting.variable() + " is ignored: '" + value + "' comes from a Kubernetes Service named embedding"
                + " (enableServiceLinks: false avoids it)");
        return true;
    }

    private static Optional<DatabaseUrl> database(Environment environment, List<String> faults) {
        try {
            boolean usesDatabase = environment
                    .value(USE_DATABASE)
                    .map(text -> Setting.NORMALIZE_EMBEDDINGS.parse(text))
                    .orElse(false);
            if (usesDatabase && environment.value(SETTINGS_FILE).isPresent()) {
                faults.add(SETTINGS_FILE + " must not be set together with " + USE_DATABASE
                        + "=true: settings are stored in one place");
            }
            return usesDatabase
                    ? Optional.of(DatabaseUrl.parse(
                            environment.value(DatabaseUrl.VARIABLE).orElse("")))
                    : Optional.empty();
        } catch (InvalidSettingException fault) {
            faults.add(USE_DATABASE + " " + fault.getMessage());
        } catch (IllegalArgumentException fault) {
            faults.add(String.valueOf(fault.getMessage()));
        }
        return Optional.empty();
    }
}
